package io.posthorn.broker.topic;

import io.posthorn.log.RecordBatch;
import java.util.List;

/// Consecutive batches of a partition. Their bytes stay valid until the slice is closed: once, by whoever uses it.
public interface PartitionSlice extends AutoCloseable {
    List<RecordBatch> batches();

    /// Of all batches together.
    int sizeInBytes();

    /// As they were when the batches were chosen: no batch begins behind their end.
    PartitionBounds bounds();

    @Override
    void close();
}
