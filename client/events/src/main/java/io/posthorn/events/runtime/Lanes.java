package io.posthorn.events.runtime;

import java.time.Duration;

/// Works on items on virtual threads, so many at once at most; on those of one lane one after the other, in order.
/// Thread-safe.
interface Lanes<T> {
    void submit(T item);

    /// How many are worked on.
    int running();

    /// Whoever works on this item waits for a time to come, and with it all that is behind it in its lane.
    default void standStill(T item) {}

    /// It waits no more.
    default void goOn(T item) {}

    /// @return whether nothing runs and nothing waits any more
    boolean awaitIdle(Duration patience) throws InterruptedException;
}
