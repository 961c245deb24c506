package io.posthorn.events.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lanes that are worked on side by side. Thread-safe.
final class ManyLanes<T> implements Lanes<T> {
    private final int most;
    private final String name;
    private final Function<T, @Nullable Object> laneOf;
    private final Consumer<T> work;
    private final BiConsumer<T, Boolean> standing;
    private final Runnable caughtUp;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Map<Object, Lane<T>> lanes = new HashMap<>();
    private final ArrayDeque<Lane<T>> ready = new ArrayDeque<>();
    private final Set<T> resting = Collections.newSetFromMap(new IdentityHashMap<>());
    private int threads;
    private int running;

    /// Whether one of the threads has not looked for its first item yet.
    private boolean isComing;

    private static final class Lane<T> {
        /// Null for one of a single item.
        final @Nullable Object key;

        final ArrayDeque<T> items = new ArrayDeque<>(1);
        boolean stands;

        Lane(@Nullable Object key) {
            this.key = key;
        }
    }

    /// @param laneOf null for an item that need not wait for any other
    /// @param work on one item
    /// @param standing is told of each item that stands still in its lane, and when it does not any more
    /// @param caughtUp when there is nothing to work on for the moment, but what stands still
    ManyLanes(
            int most,
            String name,
            Function<T, @Nullable Object> laneOf,
            Consumer<T> work,
            BiConsumer<T, Boolean> standing,
            Runnable caughtUp) {
        this.standing = standing;
        this.most = most;
        this.name = name;
        this.laneOf = laneOf;
        this.work = work;
        this.caughtUp = caughtUp;
    }

    @Override
    public void submit(T item) {
        Object key = laneOf.apply(item);
        lock.lock();
        try {
            add(key, item);
        } finally {
            lock.unlock();
        }
    }

    private void add(@Nullable Object key, T item) {
        Lane<T> known = key == null ? null : lanes.get(key);
        if (known != null) {
            known.items.add(item); // its lane is ready, or comes back when the item before is done
            if (known.stands || allRest()) {
                standing.accept(item, true);
            }
            return;
        }
        var lane = new Lane<T>(key);
        lane.items.add(item);
        if (key != null) {
            lanes.put(key, lane);
        }
        ready.add(lane);
        if (allRest()) {
            standing.accept(item, true);
        }
        fetchHelp();
    }

    /// One thread comes at a time, and fetches the next if something is left to do by then: so short work is done by
    /// few threads, and long work by as many as may.
    private void fetchHelp() {
        if (!ready.isEmpty() && !isComing && threads < most) {
            threads++;
            isComing = true;
            Thread.ofVirtual().name(name).start(this::workOff);
        }
    }

    @Override
    public void standStill(T item) {
        if (stand(item, true)) {
            caughtUp.run();
        }
    }

    @Override
    public void goOn(T item) {
        var _ = stand(item, false);
    }

    /// @return whether nobody works on anything now
    private boolean stand(T item, boolean stands) {
        Object key = laneOf.apply(item);
        lock.lock();
        try {
            standing.accept(item, stands);
            Lane<T> lane = key == null ? null : lanes.get(key);
            if (lane != null) {
                lane.stands = stands;
                lane.items.forEach(each -> standing.accept(each, stands));
            }
            boolean allRested = allRest();
            if (stands) {
                resting.add(item);
            } else {
                resting.remove(item);
            }
            if (allRest() != allRested) { // nobody comes to the others
                ready.forEach(other -> other.items.forEach(each -> standing.accept(each, stands)));
            }
            return (ready.isEmpty() || allRest()) && !isWorking();
        } finally {
            lock.unlock();
        }
    }

    /// Whether nobody is left for what is ready.
    private boolean allRest() {
        return resting.size() == most;
    }

    @Override
    public int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitIdle(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            while (threads > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return threads == 0;
        } finally {
            lock.unlock();
        }
    }

    private void workOff() {
        Lane<T> lane = null;
        boolean isFirst = true;
        boolean isCaughtUp = false;
        while (true) {
            T item;
            lock.lock();
            try {
                if (isFirst) {
                    isComing = false;
                    isFirst = false;
                }
                if (lane != null) {
                    running--;
                    handBack(lane);
                }
                lane = ready.poll();
                if (lane == null && (isCaughtUp || isWorking())) {
                    ended(); // the last one who works tells that there is nothing more
                    return;
                }
                item = lane == null ? null : lane.items.remove();
                running += lane == null ? 0 : 1;
                fetchHelp();
            } finally {
                lock.unlock();
            }
            isCaughtUp = item == null;
            if (item == null) {
                caughtUp.run(); // which may bring more
            } else {
                work.accept(item);
            }
        }
    }

    /// Who stands still may do so for long.
    private boolean isWorking() {
        return running > resting.size();
    }

    private void ended() {
        threads--;
        if (threads == 0) {
            idle.signalAll();
        }
    }

    private void handBack(Lane<T> lane) {
        if (!lane.items.isEmpty()) {
            ready.add(lane);
        } else if (lane.key != null) {
            lanes.remove(lane.key);
        }
    }
}
