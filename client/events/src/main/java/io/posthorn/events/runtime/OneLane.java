package io.posthorn.events.runtime;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Works on one item after the other, on a virtual thread that is there while there are any. Thread-safe; no lock is
/// taken for an item.
final class OneLane<T> implements Lanes<T> {
    private final Consumer<T> work;
    private final BiConsumer<T, Boolean> standing;
    private final Runnable caughtUp;
    private final String name;
    private final ConcurrentLinkedQueue<T> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private volatile boolean running;
    private volatile boolean stands; // changed with the lock

    /// @param standing is told of each item that stands still, and when it does not any more
    /// @param caughtUp when there is nothing to work on for the moment, but what stands still
    OneLane(String name, Consumer<T> work, BiConsumer<T, Boolean> standing, Runnable caughtUp) {
        this.name = name;
        this.work = work;
        this.standing = standing;
        this.caughtUp = caughtUp;
    }

    @Override
    public void submit(T item) {
        items.add(item);
        if (stands) {
            standBehind(item);
        }
        if (!working.get() && working.compareAndSet(false, true)) {
            Thread.ofVirtual().name(name).start(this::workOff);
        }
    }

    private void workOff() {
        do {
            running = true;
            for (T item = items.poll(); item != null; item = items.poll()) {
                work.accept(item);
            }
            running = false;
            caughtUp.run();
            working.set(false);
        } while (!items.isEmpty() && working.compareAndSet(false, true));
        lock.lock();
        try {
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void standBehind(T item) {
        lock.lock();
        try {
            if (stands) {
                standing.accept(item, true);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void standStill(T item) {
        stand(item, true);
        caughtUp.run(); // nothing goes on before this does
    }

    @Override
    public void goOn(T item) {
        stand(item, false);
    }

    private void stand(T item, boolean still) {
        lock.lock();
        try {
            stands = still;
            standing.accept(item, still);
            items.forEach(each -> standing.accept(each, still));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int running() {
        return running ? 1 : 0;
    }

    @Override
    public boolean awaitIdle(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            while (isBusy() && left > 0) {
                left = idle.awaitNanos(left);
            }
            return !isBusy();
        } finally {
            lock.unlock();
        }
    }

    private boolean isBusy() {
        return working.get() || !items.isEmpty();
    }
}
