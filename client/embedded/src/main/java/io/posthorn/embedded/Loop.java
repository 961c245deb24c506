package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// The one way from the application's threads to the session's: what is handed over meanwhile is done in one pass,
/// with one flush at its end. Thread-safe.
final class Loop {
    /// On the common pool: the one thread that waits for the time is the whole program's, and must not do a broker's
    /// work.
    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

    private static final Logger LOG = System.getLogger(Loop.class.getName());

    private final IoExecutor executor;
    private final Runnable flush;
    private final Runnable gone;
    private final ReentrantLock alone = new ReentrantLock();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean expected = new AtomicBoolean();

    /// @param flush runs behind the tasks of each pass
    /// @param gone runs in front of the tasks when the session's thread is no more, perhaps several times
    Loop(IoExecutor executor, Runnable flush, Runnable gone) {
        this.executor = executor;
        this.flush = flush;
        this.gone = gone;
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
            return;
        }
        try {
            executor.execute(pass);
        } catch (RejectedExecutionException e) {
            passAlone();
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

    /// The server has closed first, and its threads have ended: what is left to do is to tell whoever waits, which each
    /// caller does, one at a time.
    private void passAlone() {
        alone.lock();
        try {
            gone.run();
            scheduled.set(false);
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                runQuietly(task);
            }
        } finally {
            alone.unlock();
        }
    }

    private static void runQuietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a broker that is closed already did not do this", e);
        }
    }
}
