package io.posthorn.broker;

import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// Opens compressed batches for those who take messages one by one. Thread-safe; called on threads that may wait.
public interface BatchOpener {
    /// Opens nothing: for brokers to which no compressed batches come.
    BatchOpener NONE = _ -> null;

    /// @param batch compressed
    /// @return the same with its records not compressed, see [RecordBatch#opened]; null where they cannot be told,
    /// because the bytes are not what they say, or would become too many
    @Nullable
    RecordBatch open(RecordBatch batch);

    /// The other way round, for what a compaction leaves of a compressed batch.
    ///
    /// @param compression see [RecordBatch#compression]
    /// @return the same with its records compressed, and its checksum; or the batch as it is
    default RecordBatch compress(RecordBatch batch, int compression) {
        return batch;
    }
}
