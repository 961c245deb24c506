/// Virtual hosts, exchanges, queues and bindings as one immutable value; the changes between one value and the
/// next; what may be declared, in RabbitMQ's words; and the one manager that replaces the value.
///
/// Knows that a queue has a log and a shard; knows no message, no consumer and no protocol.
@NullMarked
package io.posthorn.broker.topology;

import org.jspecify.annotations.NullMarked;
