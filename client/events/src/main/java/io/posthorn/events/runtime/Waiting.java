package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// Waits for an answer, and throws a failure as it was meant.
final class Waiting {
    private Waiting() {}

    static void on(CompletionStage<Void> answer) {
        try {
            answer.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EventsException failure
                    ? failure
                    : new EventsException.Unreachable("the broker failed: " + e.getCause(), e);
        } catch (CancellationException e) {
            throw new EventsException.Unreachable("the broker went away before it answered", e);
        }
    }
}
