package io.posthorn.broker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How many unsettled deliveries several consumers of one session may hold together, and whether they get any at
/// all for now. One per AMQP channel that asks for it; consumers without one pay nothing.
///
/// Who asks in vain stands in a line. What is given back is granted to the first in it, so that no queue is left
/// behind by one whose consumer settles and asks again at once.
///
/// Set on the session's io thread, asked on the threads of the queues that the consumers belong to.
public final class SharedCredit {
    private final AtomicInteger held = new AtomicInteger();
    private final Queue<Runnable> line = new ConcurrentLinkedQueue<>();
    private final @Nullable SharedCredit outer;
    private volatile int limit;
    private volatile boolean paused;

    public SharedCredit() {
        this(null);
    }

    /// What is held here counts in `outer`, too, and both limits hold.
    SharedCredit(@Nullable SharedCredit outer) {
        this.outer = outer;
    }

    /// Takes effect at once; what is held beyond the limit stays held.
    ///
    /// @param most unsettled deliveries; 0 is no limit
    public void limit(int most) {
        limit = most;
        grant();
    }

    /// No deliveries until [#resume], not even to consumers that settle at once.
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        grant();
    }

    public boolean isPaused() {
        return paused || (outer != null && outer.isPaused());
    }

    /// Asks for one delivery.
    ///
    /// @param counts whether it will be unsettled. One that will not is given only while another could be, as
    /// RabbitMQ does.
    public boolean take(boolean counts) {
        if (!line.isEmpty() || !reserve()) {
            return false;
        }
        boolean isFree = outer == null || outer.take(counts);
        if (!counts || !isFree) {
            free(1);
        }
        return isFree;
    }

    /// Gets in line. When it is its turn, `granted` is run, on any thread; one delivery is then reserved for it.
    public void standInLine(Runnable granted) {
        line.add(granted);
        grant();
    }

    /// Somebody takes part from now on, and holds so many.
    public void hold(int deliveries) {
        held.addAndGet(deliveries);
        if (outer != null) {
            outer.hold(deliveries);
        }
    }

    public void giveBack(int deliveries) {
        if (outer != null) {
            outer.giveBack(deliveries);
        }
        free(deliveries);
    }

    private void free(int deliveries) {
        held.addAndGet(-deliveries);
        if (!line.isEmpty()) {
            grant();
        }
    }

    private void grant() {
        while (!line.isEmpty() && reserve()) {
            Runnable first = line.poll();
            if (first == null) {
                held.decrementAndGet();
            } else if (outer == null) {
                first.run();
            } else {
                outer.standInLine(first);
            }
        }
    }

    private boolean reserve() {
        int now = held.get();
        while (!paused && (limit == 0 || now < limit)) {
            if (held.compareAndSet(now, now + 1)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }
}
