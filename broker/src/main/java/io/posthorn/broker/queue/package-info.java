/// One queue: a cursor over its log, what was settled behind it, and who takes its messages.
///
/// Knows the log and the broker's nouns. Knows no thread, no mailbox, no journal and no other queue: what it
/// needs of them is the interface [Surroundings].
@NullMarked
package io.posthorn.broker.queue;

import org.jspecify.annotations.NullMarked;
