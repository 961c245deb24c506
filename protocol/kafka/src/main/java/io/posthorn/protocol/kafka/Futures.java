package io.posthorn.protocol.kafka;

import io.posthorn.broker.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The broker's answers as stages.
public final class Futures {
    private Futures() {}

    /// @param call asks the broker: `reply -> topics.create(spec, reply)`
    public static <T> CompletableFuture<T> of(Consumer<Reply<T>> call) {
        var future = new CompletableFuture<T>();
        call.accept(Reply.to(future));
        return future;
    }

    /// Completes with all their results, in their order.
    public static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
    }
}
