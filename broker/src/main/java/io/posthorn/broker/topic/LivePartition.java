package io.posthorn.broker.topic;

import io.posthorn.log.ReadMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the shard that has a partition's log tells everybody of it, and lets everybody read. Thread-safe.
public interface LivePartition {
    PartitionBounds bounds();

    /// As [Partition#isSyncing].
    boolean isSyncing();

    /// As [Partition#bytes].
    long bytes();

    /// As [Topics#readTail].
    @Nullable
    PartitionSlice readTail(long offset, int maxBytes, Isolation isolation);

    /// As [Topics#read].
    PartitionSlice read(long offset, int maxBytes, Isolation isolation);

    /// As [Topics#readInto].
    @Nullable
    PartitionRead readInto(long offset, int maxBytes, Isolation isolation, ReadMemory memory);

    /// As [Topics#aborted].
    List<AbortedTransaction> aborted(long from, long to);
}
