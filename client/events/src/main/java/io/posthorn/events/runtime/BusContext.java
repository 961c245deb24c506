package io.posthorn.events.runtime;

import io.posthorn.events.Event;
import io.posthorn.events.EventContext;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.util.OptionalLong;

/// One attempt at one event.
record BusContext(Bus bus, Event<?> event, Incoming incoming) implements EventContext {
    @Override
    public String topic() {
        return incoming.routingKey();
    }

    @Override
    public int attempt() {
        return LinkedDelivery.attempt(incoming);
    }

    @Override
    public OptionalLong position() {
        String position = incoming.headers().get(Link.POSITION);
        return position == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(position));
    }

    @Override
    public boolean isRequest() {
        return incoming.replyTo() != null;
    }

    @Override
    public void reply(Object answer) {
        bus.reply(incoming, answer);
    }
}
