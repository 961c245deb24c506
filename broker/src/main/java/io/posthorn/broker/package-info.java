/// What the broker does: messages, topology, queues, shards. The types of this package are all that a
/// protocol needs.
///
/// Knows the log, and no socket, wire format, storage engine or other node.
@NullMarked
package io.posthorn.broker;

import org.jspecify.annotations.NullMarked;
