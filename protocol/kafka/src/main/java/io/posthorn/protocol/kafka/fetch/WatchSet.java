package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionWatcher;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Which partitions of a fetch are worth a look: those that have moved since the last one, those of which
/// something is left, and those with which something is wrong. All others are where their client knows them
/// to be, and as long as nothing is heard of them nobody looks: a thousand partitions of which one moves
/// cost what one costs.
///
/// Confined to the io thread of its connection, but for what is heard of partitions.
final class WatchSet {
    /// In the order in which they are served.
    private final SequencedSet<FetchedPartition> candidates = new LinkedHashSet<>();

    private final Map<FetchedPartition, Watch> watches = new HashMap<>();
    private final Queue<Watch> moved = new ConcurrentLinkedQueue<>();

    /// Whether its client knows all that it was told before, and hears nothing twice.
    private final boolean isOfSession;

    private boolean isWatching;
    private boolean isClosed;
    private volatile @Nullable Runnable sleeper;

    private WatchSet(boolean isOfSession) {
        this.isOfSession = isOfSession;
        this.isWatching = isOfSession;
    }

    /// For one fetch, which watches nothing before it has to wait.
    static WatchSet ofFetch(Collection<FetchedPartition> all) {
        var set = new WatchSet(false);
        set.addAll(all);
        return set;
    }

    /// For one fetch of a session after the other.
    static WatchSet ofSession() {
        return new WatchSet(true);
    }

    /// One partition, as somebody watches it.
    private final class Watch implements PartitionWatcher {
        private final FetchedPartition fetched;
        private final Partition partition;
        private final AtomicBoolean hasMoved = new AtomicBoolean();

        Watch(FetchedPartition fetched, Partition partition) {
            this.fetched = fetched;
            this.partition = partition;
        }

        @Override
        public void moved(Partition which) {
            if (!hasMoved.getAndSet(true)) {
                moved.add(this);
                Runnable awake = sleeper;
                if (awake != null) {
                    awake.run();
                }
            }
        }
    }

    Collection<FetchedPartition> candidates() {
        return candidates;
    }

    /// Something is new of it.
    void add(FetchedPartition fetched) {
        candidates.add(fetched);
    }

    void addAll(Collection<FetchedPartition> fetched) {
        candidates.addAll(fetched);
    }

    /// It was served: others come first the next time.
    void putLast(FetchedPartition fetched) {
        candidates.addLast(fetched);
    }

    /// Its client does not want it any more.
    void remove(FetchedPartition fetched) {
        candidates.remove(fetched);
        unwatch(fetched);
    }

    // ---- Watching

    boolean isWatching() {
        return isWatching;
    }

    /// From the next look at its partitions on.
    void beginWatching() {
        isWatching = !isClosed;
    }

    /// This is where the partition is, of which the bounds are looked at next.
    void found(FetchedPartition fetched, @Nullable Partition partition) {
        if (!isWatching) {
            return;
        }
        Watch known = watches.get(fetched);
        if (known != null && known.partition.equals(partition)) {
            return;
        }
        unwatch(fetched);
        if (partition != null) {
            var watch = new Watch(fetched, partition);
            watches.put(fetched, watch);
            partition.watch(watch);
        }
    }

    private void unwatch(FetchedPartition fetched) {
        Watch watch = watches.remove(fetched);
        if (watch != null) {
            watch.partition.unwatch(watch);
        }
    }

    /// @param whenMoved called when something has moved that nobody has taken yet; on any thread, and more
    /// than once
    void sleep(Runnable whenMoved) {
        sleeper = whenMoved;
    }

    void wake() {
        sleeper = null;
    }

    /// What has moved is worth a look.
    void takeMoved() {
        for (Watch watch = moved.poll(); watch != null; watch = moved.poll()) {
            // Whoever moves it from here on is heard again.
            watch.hasMoved.set(false);
            if (watches.get(watch.fetched) == watch) {
                candidates.add(watch.fetched);
            }
        }
    }

    /// Those that stand at their end need no look before they move.
    void settle(Isolation isolation) {
        candidates.removeIf(fetched ->
                watches.containsKey(fetched) && fetched.isSettled(isolation) && !(isOfSession && fetched.hasNews()));
    }

    /// Nothing is heard any more.
    void close() {
        isClosed = true;
        isWatching = false;
        sleeper = null;
        watches.values().forEach(watch -> watch.partition.unwatch(watch));
        watches.clear();
    }
}
