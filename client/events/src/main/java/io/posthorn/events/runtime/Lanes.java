package io.posthorn.events.runtime;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Works on items on virtual threads, so many at once at most; on those of one lane one after the other, in order.
/// Thread-safe.
interface Lanes<T> {
    /// @param laneOf null for one that need not wait for any other
    /// @param work on one item
    /// @param caughtUp when there is nothing to work on for the moment
    static <T> Lanes<T> of(
            int most, String name, Function<T, @Nullable Object> laneOf, Consumer<T> work, Runnable caughtUp) {
        return most == 1 ? new OneLane<>(name, work, caughtUp) : new ManyLanes<>(most, name, laneOf, work, caughtUp);
    }

    void submit(T item);

    /// How many are worked on.
    int running();

    /// @return whether nothing runs and nothing waits any more
    boolean awaitIdle(Duration patience) throws InterruptedException;
}
