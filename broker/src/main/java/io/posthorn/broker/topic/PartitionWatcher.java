package io.posthorn.broker.topic;

/// Hears that a partition has moved on. Called on the thread of the partition's shard, once per pass or so, and must be
/// quick there: note it, and go on elsewhere.
public interface PartitionWatcher {
    void moved(Partition partition);
}
