package io.posthorn.console;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;

/// Messages as RabbitMQ's tools see them: a body, and properties by the names of AMQP 0-9-1 (`content_type`,
/// `headers`). What these are in the broker is known to a protocol that the console does not know; the server
/// brings both together. Thread-safe.
public interface MessageForm {
    /// @param properties text, longs, and `headers`, a table
    /// @throws io.posthorn.broker.BrokerException.PreconditionFailed when a property makes no sense
    Message message(String exchange, String routingKey, Arguments properties, Bytes body, Principal publisher);

    /// The properties that are set.
    Arguments properties(Delivery delivery);
}
