package io.posthorn.events.runtime;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Works on one item after the other, on a virtual thread that is there while there are any. Thread-safe; no lock is
/// taken for an item.
final class OneLane<T> implements Lanes<T> {
    private final Consumer<T> work;
    private final Runnable caughtUp;
    private final String name;
    private final ConcurrentLinkedQueue<T> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private volatile boolean running;

    OneLane(String name, Consumer<T> work, Runnable caughtUp) {
        this.name = name;
        this.work = work;
        this.caughtUp = caughtUp;
    }

    @Override
    public void submit(T item) {
        items.add(item);
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

    @Override
    public void standStill(T item) {
        caughtUp.run(); // nothing goes on before this does
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
