package io.posthorn.broker.topic;

/// What the shard that has a partition's log tells everybody of it. Thread-safe.
public interface LivePartition {
    PartitionBounds bounds();

    void watch(Partition partition, PartitionWatcher watcher);

    void unwatch(PartitionWatcher watcher);
}
