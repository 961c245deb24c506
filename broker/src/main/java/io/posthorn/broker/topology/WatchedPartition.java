package io.posthorn.broker.topology;

import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionWatcher;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Those who watch a partition: a list that is replaced, and null while there are none. Thread-safe.
abstract sealed class WatchedPartition implements Partition permits QueueEntry {
    private static final Logger LOG = System.getLogger(WatchedPartition.class.getName());
    private static final VarHandle WATCHERS;

    static {
        try {
            WATCHERS = MethodHandles.lookup().findVarHandle(WatchedPartition.class, "watchers", List.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable List<PartitionWatcher> watchers;

    @Override
    public final void watch(PartitionWatcher watcher) {
        while (true) {
            List<PartitionWatcher> before = watchers;
            if (before != null && before.contains(watcher)) {
                return;
            }
            var all = new ArrayList<PartitionWatcher>(before == null ? List.of() : before);
            all.add(watcher);
            if (WATCHERS.compareAndSet(this, before, List.copyOf(all))) {
                return;
            }
        }
    }

    @Override
    public final void unwatch(PartitionWatcher watcher) {
        while (true) {
            List<PartitionWatcher> before = watchers;
            if (before == null || !before.contains(watcher)) {
                return;
            }
            var rest = new ArrayList<>(before);
            rest.remove(watcher);
            if (WATCHERS.compareAndSet(this, before, rest.isEmpty() ? null : List.copyOf(rest))) {
                return;
            }
        }
    }

    /// A bound has moved, or the partition is gone. On the thread of its shard.
    public final void moved() {
        List<PartitionWatcher> now = watchers;
        if (now != null) {
            for (int i = 0; i < now.size(); i++) {
                tell(now.get(i));
            }
        }
    }

    /// What a watcher does with it is not the queue's fault.
    private void tell(PartitionWatcher watcher) {
        try {
            watcher.moved(this);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "somebody failed to hear that " + this + " has moved", e);
        }
    }
}
