package io.posthorn.server;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.console.MessageForm;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.PropertyTable;
import java.time.InstantSource;

/// Messages as the console shows them, told by the protocol that knows: neither room knows the other.
record AmqpForm(PropertyTable properties, InstantSource clock) implements MessageForm {
    @Override
    public Message message(String exchange, String routingKey, Arguments said, Bytes body, Principal publisher) {
        return properties.message(exchange, routingKey, said, body, publisher, clock.millis());
    }

    @Override
    public Arguments properties(Delivery delivery) {
        return properties.of(delivery);
    }
}
