package io.posthorn.remote;

import io.posthorn.events.EventsException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/// Messages that are published together, and the answer to all of them. Thread-safe.
final class Publication {
    private final CompletableFuture<Void> answer = new CompletableFuture<>();
    private final AtomicInteger missing;

    Publication(int size) {
        missing = new AtomicInteger(size);
    }

    /// One more of them is in.
    void confirmed() {
        if (missing.decrementAndGet() == 0) {
            answer.complete(null);
        }
    }

    /// The first reason is the one that is told.
    void failed(EventsException why) {
        answer.completeExceptionally(why);
    }

    CompletionStage<Void> answer() {
        return answer;
    }
}
