package io.posthorn.console;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;
import java.util.List;

/// Messages that have no properties.
public final class PlainForm implements MessageForm {
    @Override
    public Message message(String exchange, String routingKey, Arguments properties, Bytes body, Principal publisher) {
        return new Message(
                exchange,
                routingKey,
                List.of(),
                null,
                List.of(),
                body,
                true,
                0,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
    }

    @Override
    public Arguments properties(Delivery delivery) {
        return Arguments.NONE;
    }
}
