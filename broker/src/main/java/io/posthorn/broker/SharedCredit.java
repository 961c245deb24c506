package io.posthorn.broker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// How many unsettled deliveries several consumers of one session may hold together, and whether they get any at
/// all for now. One per AMQP channel that asks for it; consumers without one pay nothing.
///
/// Set on the session's io thread, asked on the threads of the queues that the consumers belong to.
public final class SharedCredit {
    private final AtomicInteger held = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile int limit;
    private volatile boolean paused;

    /// Takes effect at once; what is held beyond the limit stays held.
    ///
    /// @param most unsettled deliveries; 0 is no limit
    public void limit(int most) {
        limit = most;
        wake();
    }

    /// No deliveries until [#resume], not even to consumers that settle at once.
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        wake();
    }

    public boolean isPaused() {
        return paused;
    }

    /// Asks for one delivery.
    ///
    /// @param counts whether it will be unsettled
    public boolean take(boolean counts) {
        if (paused) {
            return false;
        }
        if (!counts) {
            return true;
        }
        int now = held.get();
        while (limit == 0 || now < limit) {
            if (held.compareAndSet(now, now + 1)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }

    /// Somebody takes part from now on, and holds so many.
    public void hold(int deliveries) {
        held.addAndGet(deliveries);
    }

    public void giveBack(int deliveries) {
        int now = held.addAndGet(-deliveries);
        if (limit == 0 || now < limit) {
            wake();
        }
    }

    /// Runs `retry` once, on any thread, when it is worth while to ask again. Whoever calls this asks again
    /// afterwards, so as not to miss what was given back meanwhile.
    public void whenThere(Runnable retry) {
        waiting.add(retry);
    }

    private void wake() {
        for (Runnable retry = waiting.poll(); retry != null; retry = waiting.poll()) {
            retry.run();
        }
    }
}
