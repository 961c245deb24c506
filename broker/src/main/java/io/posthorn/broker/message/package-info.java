/// How a message becomes a record of the log, and back.
///
/// Knows records and messages, and nothing of queues, exchanges' rules or threads.
@NullMarked
package io.posthorn.broker.message;

import org.jspecify.annotations.NullMarked;
