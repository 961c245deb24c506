package io.posthorn.events;

import java.time.Duration;
import java.util.function.Supplier;

/// An event at intervals. Confined to one look at a time.
final class TimerSource implements EventSource {
    private final Duration interval;
    private final Supplier<?> event;
    private boolean hasBegun;

    TimerSource(Duration interval, Supplier<?> event) {
        this.interval = interval;
        this.event = event;
    }

    @Override
    public Duration look(SourceContext context) {
        if (hasBegun) {
            context.publish(event.get());
        }
        hasBegun = true;
        return interval;
    }
}
