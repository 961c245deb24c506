package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// Says what stays of each batch when a log is cleaned.
public interface BatchFilter {
    /// Called on a thread that may wait. A batch may come more than once, and must then come to the same.
    ///
    /// @param batch with its final offsets
    /// @return the batch, or one with fewer records that takes the same offsets; null for nothing
    @Nullable
    RecordBatch retain(RecordBatch batch);
}
