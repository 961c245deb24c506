package io.posthorn.events;

import java.time.Duration;

/// A handler that is subscribed.
public interface Subscription extends AutoCloseable {
    /// Of a durable one, its name; otherwise one that was made up.
    String name();

    /// How many events wait for it.
    long backlog();

    /// Takes no more, and waits for handlers that run. A durable subscription goes on collecting; one that ends with
    /// its handler has the handler do first what it has taken, since nobody else would.
    ///
    /// @param drain how long to wait at most
    /// @return whether all handlers were done in time
    boolean close(Duration drain);

    /// Waits up to 30 seconds.
    @Override
    default void close() {
        var _ = close(Duration.ofSeconds(30));
    }

    /// Ends a durable subscription for good, with the events that wait for it.
    void cancel();
}
