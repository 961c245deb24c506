/// The single-writer state machine that queues live in: commands in by a mailbox, events to the journal,
/// answers and deliveries out.
///
/// Knows queues and the log. Knows nothing of routing, sessions' protocols or who runs it.
@NullMarked
package io.posthorn.broker.shard;

import org.jspecify.annotations.NullMarked;
