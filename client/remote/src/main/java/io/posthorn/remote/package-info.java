/// A broker behind a network, spoken to by AMQP 0-9-1: a Posthorn or a RabbitMQ server, by URIs `amqp:` and `amqps:`.
///
/// Owns one connection with its channels, by RabbitMQ's own client. Knows no broker's inside.
@NullMarked
package io.posthorn.remote;

import org.jspecify.annotations.NullMarked;
