package io.posthorn.log.compaction;

import io.posthorn.log.RecordBatch;

/// Opens compressed batches, and compresses again what is left of them.
public interface BatchCompression {
    /// Knows no codec: a log with compressed batches is not compacted.
    BatchCompression NONE = new BatchCompression() {
        @Override
        public RecordBatch open(RecordBatch batch) {
            throw new IllegalArgumentException("there is no codec for " + batch);
        }

        @Override
        public RecordBatch compress(RecordBatch batch, int compression) {
            throw new IllegalArgumentException("there is no codec of number " + compression);
        }
    };

    /// The same batch, not compressed.
    ///
    /// @throws IllegalArgumentException when its bytes are not what the codec makes, or are too many
    RecordBatch open(RecordBatch batch);

    /// The same batch in the given compression, or as it is.
    ///
    /// @param compression as [RecordBatch#compression] says it
    RecordBatch compress(RecordBatch batch, int compression);
}
