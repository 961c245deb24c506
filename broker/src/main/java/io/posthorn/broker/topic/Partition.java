package io.posthorn.broker.topic;

/// One log of a topic; the same object as long as the log is there. Thread-safe.
public interface Partition {
    /// The name of its topic.
    String topic();

    /// From 0.
    int index();

    /// As they are now; each of them may be newer than the ones beside it.
    PartitionBounds bounds();

    /// Whether something was appended that is about to become durable, and to be seen.
    boolean isSyncing();

    /// About how many bytes its records take where they are kept. Not to be asked all the time: it holds up who
    /// appends.
    long bytes();

    /// Whether the partition is gone, with its topic.
    boolean isDeleted();

    /// From now on the watcher hears whenever a bound has moved, or the partition is gone. Watched twice is heard once.
    void watch(PartitionWatcher watcher);

    void unwatch(PartitionWatcher watcher);
}
