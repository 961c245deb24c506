package io.posthorn.protocol.kafka;

import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionWatcher;
import java.util.ArrayList;
import java.util.List;

/// An empty partition that moves when a test says so.
public final class FakePartition implements Partition {
    private final String topic;
    private final int index;
    private final List<PartitionWatcher> watchers = new ArrayList<>();

    public FakePartition() {
        this("t", 0);
    }

    public FakePartition(String topic, int index) {
        this.topic = topic;
        this.index = index;
    }

    /// Tells all who watch.
    public void move() {
        watchers.forEach(watcher -> watcher.moved(this));
    }

    /// Who watches now.
    public List<PartitionWatcher> watchers() {
        return List.copyOf(watchers);
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int index() {
        return index;
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
