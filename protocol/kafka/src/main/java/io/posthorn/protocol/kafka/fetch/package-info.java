/// Records out: fetches with their sessions and long polls, and what clients ask about offsets.
/// Owns how a fetch is answered; must not know how partitions keep what they have.
@NullMarked
package io.posthorn.protocol.kafka.fetch;

import org.jspecify.annotations.NullMarked;
