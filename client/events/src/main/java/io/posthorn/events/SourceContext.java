package io.posthorn.events;

import java.time.InstantSource;

/// What a source knows beside itself. Thread-safe.
public interface SourceContext {
    /// As it was given to [Posthorn#source].
    String name();

    /// Where events go. For many at once: [EventBus#encode] each, and [EventBus#publishEncoded] them all.
    EventBus bus();

    /// The broker's time.
    InstantSource clock();

    /// Publishes an event by what it is; returns when it is durable.
    default Receipt publish(Object event) {
        return bus().publish(event);
    }

    /// Publishes an event; returns when it is durable.
    default Receipt publish(Object event, Publish how) {
        return bus().publish(event, how);
    }
}
