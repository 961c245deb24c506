package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionWatcher;
import java.util.ArrayList;
import java.util.List;

/// A partition that moves when a test says so.
final class FakePartition implements Partition {
    private final List<PartitionWatcher> watchers = new ArrayList<>();

    void move() {
        watchers.forEach(watcher -> watcher.moved(this));
    }

    List<PartitionWatcher> watchers() {
        return watchers;
    }

    @Override
    public String topic() {
        return "t";
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public PartitionBounds bounds() {
        return PartitionBounds.NONE;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public boolean isSyncing() {
        return false;
    }

    @Override
    public boolean isDeleted() {
        return false;
    }

    @Override
    public void watch(PartitionWatcher watcher) {
        watchers.add(watcher);
    }

    @Override
    public void unwatch(PartitionWatcher watcher) {
        watchers.remove(watcher);
    }
}
