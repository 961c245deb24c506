/// Queues, streams and topics as a protocol of event streams sees them: names with partitions, each a log that is
/// appended and read in record batches, as they are. Owns the nouns of that view and nothing that changes; must not
/// know any wire.
@NullMarked
package io.posthorn.broker.topic;

import org.jspecify.annotations.NullMarked;
