package io.posthorn.broker;

import java.util.concurrent.CompletableFuture;

/// Takes the one answer to a command, on the session's io executor.
public interface Reply<T> {
    void ok(T value);

    void failed(BrokerException cause);

    /// Completes a future with the answer, or exceptionally with the broker's refusal.
    static <T> Reply<T> to(CompletableFuture<T> future) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                future.complete(value);
            }

            @Override
            public void failed(BrokerException cause) {
                future.completeExceptionally(cause);
            }
        };
    }
}
