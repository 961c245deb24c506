/// Records in: what producers send is checked here, batch by batch, and handed to the broker as it
/// is. Owns the rules by which a batch is taken or refused, and the answers to produce requests;
/// must not know how partitions keep them.
@NullMarked
package io.posthorn.protocol.kafka.produce;

import org.jspecify.annotations.NullMarked;
