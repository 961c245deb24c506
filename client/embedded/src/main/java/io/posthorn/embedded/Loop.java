package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one way from the application's threads to the session's: what is handed over meanwhile is done in one pass,
/// with one flush at its end. Thread-safe.
final class Loop {
    private final IoExecutor executor;
    private final Runnable flush;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /// @param flush runs behind the tasks of each pass
    Loop(IoExecutor executor, Runnable flush) {
        this.executor = executor;
        this.flush = flush;
    }

    void run(Runnable task) {
        tasks.add(task);
        if (scheduled.compareAndSet(false, true)) {
            executor.execute(this::pass);
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
