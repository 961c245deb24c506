package io.posthorn.broker.producer;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import org.jspecify.annotations.Nullable;

/// The one record of a control batch that ends a transaction. Its key is a version and a type, its value a version and
/// the epoch of the coordinator that wrote it, all of two bytes but the last of four.
record EndMarker(boolean aborts, int coordinatorEpoch) {
    private static final int ABORT = 0;
    private static final int COMMIT = 1;
    private static final int KEY_SIZE = 4;
    private static final int VALUE_SIZE = 6;

    /// Null when the batch holds something else: control batches of other kinds, or one that compaction has emptied.
    static @Nullable EndMarker of(RecordBatch batch) {
        if (batch.isCompressed() || batch.count() == 0) {
            return null;
        }
        RecordCursor record = batch.records();
        if (!record.next()) {
            return null;
        }
        Bytes key = record.key();
        Bytes value = record.value();
        if (key == null || key.length() < KEY_SIZE || value == null || value.length() < VALUE_SIZE) {
            return null;
        }
        int type = int16(key, 2);
        int coordinatorEpoch = int16(value, 2) << 16 | int16(value, 4);
        return type == ABORT || type == COMMIT ? new EndMarker(type == ABORT, coordinatorEpoch) : null;
    }

    private static int int16(Bytes bytes, int at) {
        return (bytes.get(at) & 0xFF) << 8 | (bytes.get(at + 1) & 0xFF);
    }
}
