package io.posthorn.log;

import java.util.List;

/// Consecutive batches read from a log, with their final offsets. Their bytes stay valid until the slice is
/// closed.
///
/// A log may have gaps (trimmed or damaged ranges): the first batch may begin behind the offset asked for, or
/// before it.
///
/// Closed once, by the thread that uses it; closing releases what the slice pins (a slab of the journal's
/// tail).
public interface LogSlice extends AutoCloseable {
    List<RecordBatch> batches();

    /// Whether the bytes are those of a slab, which others wait for; otherwise the batches may outlive the slice.
    default boolean pinsSlabs() {
        return true;
    }

    @Override
    void close();
}
