/// What the broker can do and RabbitMQ's API has no words for: looking at messages, pausing queues, messages that wait
/// for their time, dead letters grouped and replayed. Each route says what it takes and answers, and the OpenAPI
/// document is made from that.
///
/// Knows the broker's nouns, and nothing of RabbitMQ's routes; how a request got here is of `http`.
@NullMarked
package io.posthorn.console.v1;

import org.jspecify.annotations.NullMarked;
