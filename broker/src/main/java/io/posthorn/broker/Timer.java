package io.posthorn.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Calls back later. Thread-safe.
public interface Timer {
    /// The JDK's own, for brokers whose time is the machine's.
    Timer SYSTEM = (millis, task) ->
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(task);

    /// Runs a short task once so many milliseconds have passed, on any thread. What comes too early or twice does
    /// no harm: whoever asks looks at the clock.
    void after(long millis, Runnable task);
}
