/// A `rabbitmqctl` for scripts and client suites that call one: RabbitMQ 3.10's words, outputs and exit codes, said
/// of this broker.
///
/// Knows the management API and nothing of the broker behind it. Only what a call needs is made, since suites call it
/// hundreds of times.
@NullMarked
package io.posthorn.server.rabbitmqctl;

import org.jspecify.annotations.NullMarked;
