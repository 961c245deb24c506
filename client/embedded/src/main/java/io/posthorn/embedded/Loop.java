package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one way from the application's threads to the session's: what is handed over meanwhile is done in one pass,
/// with one flush at its end. Thread-safe.
final class Loop {
    /// On the common pool: the one thread that waits for the time is the whole program's, and must not do a broker's
    /// work.
    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

    private final IoExecutor executor;
    private final Runnable flush;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean expected = new AtomicBoolean();

    /// @param flush runs behind the tasks of each pass
    Loop(IoExecutor executor, Runnable flush) {
        this.executor = executor;
        this.flush = flush;
    }

    /// At once: by the caller, if the session's thread lets others do its work.
    void run(Runnable task) {
        tasks.add(task);
        if (scheduled.compareAndSet(false, true)) {
            pass(this::pass);
        }
    }

    /// With the next pass, a millisecond from now if there is none before. Where others cannot do the work, at once.
    void soon(Runnable task) {
        if (!(executor instanceof SharedLoop)) {
            run(task);
            return;
        }
        tasks.add(task);
        if (!expected.get() && expected.compareAndSet(false, true)) {
            LATER.execute(() -> {
                expected.set(false);
                flush();
            });
        }
    }

    /// What can wait need not any more.
    void flush() {
        if (!tasks.isEmpty() && scheduled.compareAndSet(false, true)) {
            pass(this::pass);
        }
    }

    private void pass(Runnable pass) {
        if (executor instanceof SharedLoop shared) {
            shared.run(pass);
        } else {
            executor.execute(pass);
        }
    }

    private void pass() {
        // Before looking: whoever adds a task behind the last look schedules the next pass.
        scheduled.set(false);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        flush.run();
    }
}
