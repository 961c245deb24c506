package io.posthorn.testkit;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// What goes on in a broker and its clients, in one number: tasks of the broker's threads, publishes
/// without an answer, deliveries in the hands of handlers. Whatever begins something does so before it ends
/// itself, so at nought nothing goes on, and nothing will by itself. Thread-safe.
final class Activity {
    private static final long HOLD_SECONDS = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nothing = lock.newCondition();
    private final ReentrantReadWriteLock disk = new ReentrantReadWriteLock();
    private int going;

    void begins() {
        lock.lock();
        try {
            going++;
        } finally {
            lock.unlock();
        }
    }

    void ends() {
        lock.lock();
        try {
            going--;
            if (going == 0) {
                nothing.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    int going() {
        lock.lock();
        try {
            return going;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether nothing goes on
    boolean awaitNothing(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (going > 0 && left > 0) {
                left = nothing.awaitNanos(left);
            }
            return going == 0;
        } finally {
            lock.unlock();
        }
    }

    /// What writes to the disk stands still when this returns, until it is let go.
    void hold() {
        try {
            if (!disk.writeLock().tryLock(HOLD_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker's disk does not stand still: is a request under way?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker was to crash", e);
        }
    }

    void letGo() {
        disk.writeLock().unlock();
    }

    /// Counts what runs on it.
    IoExecutor around(IoExecutor loop) {
        return new CountedLoop(loop);
    }

    /// Counts what runs on it, and can hold it.
    Executor around(Executor executor) {
        return task -> execute(executor, () -> {
            disk.readLock().lock();
            try {
                task.run();
            } finally {
                disk.readLock().unlock();
            }
        });
    }

    private void execute(Executor executor, Runnable task) {
        begins();
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } finally {
                    ends();
                }
            });
        } catch (RuntimeException refused) {
            ends();
            throw refused;
        }
    }

    private final class CountedLoop implements IoExecutor {
        private final IoExecutor loop;

        CountedLoop(IoExecutor loop) {
            this.loop = loop;
        }

        @Override
        public boolean isCurrentThread() {
            return loop.isCurrentThread();
        }

        @Override
        public void execute(Runnable task) {
            Activity.this.execute(loop, task);
        }
    }
}
