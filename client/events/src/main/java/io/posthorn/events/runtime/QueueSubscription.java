package io.posthorn.events.runtime;

import io.posthorn.events.Subscription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A subscription, whose events wait in a queue of its own. Thread-safe.
///
/// @param name null for one that ends with its handler
record QueueSubscription(
        PosthornRuntime runtime, String queue, @Nullable String name, HandlerWorker worker) implements Subscription {
    @Override
    public String name() {
        return name == null ? queue : name;
    }

    @Override
    public long backlog() {
        return runtime.link().length(queue);
    }

    @Override
    public boolean close(Duration drain) {
        boolean done = worker.close(drain);
        if (name == null && !runtime.isClosed()) { // with which it went
            runtime.link().deleteQueue(queue);
        }
        return done;
    }

    @Override
    public void cancel() {
        var _ = worker.close(Duration.ZERO);
        worker.forget();
        runtime.link().deleteQueue(queue);
    }
}
