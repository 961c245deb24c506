package io.posthorn.outbox;

import io.posthorn.events.EncodedEvent;
import io.posthorn.events.EventBus;
import io.posthorn.events.EventHandler;
import io.posthorn.events.EventTypes;
import io.posthorn.events.EventsException;
import io.posthorn.events.Publish;
import io.posthorn.events.Receipt;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A bus that fails when it is told to. As a broker does, it takes what it does not refuse, and then tells that it has
/// refused something.
final class FaultyBus implements EventBus {
    private final EventBus real;
    private final AtomicInteger calls = new AtomicInteger();
    volatile Predicate<EncodedEvent> refuses = _ -> false;
    volatile boolean isAway;

    /// What happens while it is asked to publish, before anything is published.
    volatile Consumer<List<EncodedEvent>> meanwhile = _ -> {};

    FaultyBus(EventBus real) {
        this.real = real;
    }

    /// How often it was asked to publish.
    int calls() {
        return calls.get();
    }

    @Override
    public void publishEncoded(List<EncodedEvent> events) {
        calls.incrementAndGet();
        meanwhile.accept(events);
        if (isAway) {
            throw new EventsException.Unreachable("away on purpose", null);
        }
        List<EncodedEvent> taken = events.stream().filter(refuses.negate()).toList();
        real.publishEncoded(taken);
        if (taken.size() < events.size()) {
            throw new EventsException.Refused("refused on purpose", null);
        }
    }

    @Override
    public EncodedEvent encode(Object event, Publish how) {
        return real.encode(event, how);
    }

    @Override
    public Receipt publish(Object event, Publish how) {
        return real.publish(event, how);
    }

    @Override
    public <T> Subscription subscribe(Subscribe<T> wanted, EventHandler<? super T> handler) {
        return real.subscribe(wanted, handler);
    }

    @Override
    public <R> R request(Object event, Publish how, Class<R> answer, Duration patience) {
        return real.request(event, how, answer, patience);
    }

    @Override
    public EventTypes types() {
        return real.types();
    }
}
