package io.posthorn.events.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs tasks on virtual threads, so many at once at most; tasks of one lane one after the other, in order.
/// Thread-safe.
final class Lanes {
    private final int most;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Map<Object, ArrayDeque<Runnable>> lanes = new HashMap<>();
    private final ArrayDeque<Object> ready = new ArrayDeque<>();
    private int threads;
    private int running;

    Lanes(int most, String name) {
        this.most = most;
        this.name = name;
    }

    /// @param lane null for a task that need not wait for any other
    void submit(@Nullable Object lane, Runnable task) {
        lock.lock();
        try {
            Object key = lane == null ? task : lane;
            ArrayDeque<Runnable> known = lanes.get(key);
            if (known != null) {
                known.add(task); // its lane is ready, or comes back when the task before has run
                return;
            }
            var tasks = new ArrayDeque<Runnable>();
            tasks.add(task);
            lanes.put(key, tasks);
            ready.add(key);
            if (threads < most) {
                threads++;
                Thread.ofVirtual().name(name).start(this::work);
            }
        } finally {
            lock.unlock();
        }
    }

    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether nothing runs and nothing waits any more
    boolean awaitIdle(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (threads > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return threads == 0;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        Object lane = null;
        while (true) {
            Runnable task;
            lock.lock();
            try {
                if (lane != null) {
                    running--;
                    handBack(lane);
                }
                lane = ready.poll();
                if (lane == null) {
                    threads--;
                    if (threads == 0) {
                        idle.signalAll();
                    }
                    return;
                }
                running++;
                task = first(lane);
            } finally {
                lock.unlock();
            }
            task.run();
        }
    }

    private Runnable first(Object lane) {
        var tasks = lanes.get(lane);
        if (tasks == null || tasks.isEmpty()) {
            throw new IllegalStateException("a lane that is ready has a task");
        }
        return tasks.remove();
    }

    private void handBack(Object lane) {
        var tasks = lanes.get(lane);
        if (tasks != null && tasks.isEmpty()) {
            lanes.remove(lane);
        } else {
            ready.add(lane);
        }
    }
}
