package io.posthorn.events;

import java.time.Duration;

/// A handler at work on a queue.
public interface Worker extends AutoCloseable {
    /// How many messages its handler works on now.
    int running();

    /// Takes no more, waits for the handlers that run, and gives back what none has begun.
    ///
    /// @return whether all handlers were done in time; those that were not go on, and their messages come again
    boolean close(Duration drain);

    /// Waits up to 30 seconds.
    @Override
    default void close() {
        var _ = close(Duration.ofSeconds(30));
    }
}
