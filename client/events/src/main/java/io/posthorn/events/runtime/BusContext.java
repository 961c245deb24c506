package io.posthorn.events.runtime;

import io.posthorn.events.Event;
import io.posthorn.events.EventContext;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One attempt at one event. The envelope is read when a handler asks for it, which few do.
final class BusContext implements EventContext {
    private final Bus bus;
    private final EventMapping mapping;
    private final Object data;
    private final Incoming incoming;
    private @Nullable Event<?> event;

    BusContext(Bus bus, EventMapping mapping, Object data, Incoming incoming) {
        this.bus = bus;
        this.mapping = mapping;
        this.data = data;
        this.incoming = incoming;
    }

    @Override
    public Event<?> event() {
        Event<?> known = event;
        if (known == null) {
            known = mapping.envelope(incoming, data);
            event = known;
        }
        return known;
    }

    @Override
    public String topic() {
        return Copy.topic(incoming);
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
        return incoming.conversation().replyTo() != null;
    }

    @Override
    public void reply(Object answer) {
        bus.reply(incoming, answer);
    }
}
