package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A loop of a broker without listeners. Its work is done by whoever has some: a thread of the application that finds
/// nobody at it does its own there and then, in place of waking another thread and waiting for it. Still one at a
/// time, in order. What nobody is there for is done by the loop's own thread. Thread-safe.
///
/// Nobody waits for the loop, so that no thread can hold up another for longer than its own passes take.
final class SharedLoop implements IoExecutor {
    private static final Logger LOG = System.getLogger(SharedLoop.class.getName());

    /// So many tasks of others an application's thread does at most before it goes its own way.
    private static final int MOST_FOR_OTHERS = 16;

    private final IoExecutor thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    /// Who looks here anyway, as soon as what it does is done.
    private volatile @Nullable Thread visitor;

    /// @param thread the loop's own
    SharedLoop(IoExecutor thread) {
        this.thread = thread;
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(owner.get());
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        // Whoever is at it looks once more when done.
        if (owner.get() == null && !Thread.currentThread().equals(visitor)) {
            wake();
        }
    }

    /// The caller does `work`, and then what that brings for the loop, so that nobody is woken for it.
    void after(Runnable work) {
        visitor = Thread.currentThread();
        try {
            work.run();
        } finally {
            visitor = null;
            if (!tasks.isEmpty() && owner.get() == null) {
                work(MOST_FOR_OTHERS);
            }
        }
    }

    /// As [#execute], by the caller where nobody else is at it.
    void run(Runnable task) {
        tasks.add(task);
        if (owner.get() == null) {
            work(MOST_FOR_OTHERS);
        }
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            thread.execute(() -> {
                woken.set(false);
                work(Integer.MAX_VALUE);
            });
        }
    }

    private void work(int most) {
        // The broker's files do not stand a thread that is interrupted, which is the application's own matter.
        boolean interrupted = Thread.interrupted();
        int left = most;
        while (left > 0 && !tasks.isEmpty() && owner.compareAndSet(null, Thread.currentThread())) {
            try {
                left -= workOff(left);
            } finally {
                owner.set(null);
            }
        }
        if (!tasks.isEmpty() && owner.get() == null) {
            wake();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private int workOff(int most) {
        int done = 0;
        while (done < most) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            done++;
            runSafely(task);
        }
        return done;
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) { // whatever it is, it must not keep the tasks behind it from being done
            LOG.log(Level.ERROR, "a task of the broker failed", failure);
        }
    }
}
