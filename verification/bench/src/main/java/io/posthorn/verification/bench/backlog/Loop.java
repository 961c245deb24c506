package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.SessionSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// One thread that runs the session and the shards, as the server's event loop does.
final class Loop implements SessionSpec.IoExecutor, AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("loop-0").daemon().factory());
    private final Thread thread = call(done -> done.complete(Thread.currentThread()));

    /// Runs an action there, and waits until it says that it is done.
    <T> T call(Consumer<CompletableFuture<T>> action) {
        var done = new CompletableFuture<T>();
        executor.execute(() -> {
            try {
                action.accept(done);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done.join();
    }

    @Override
    public void execute(Runnable command) {
        executor.execute(command);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a thread is itself
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
