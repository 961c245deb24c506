package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// What a filter retains of one log, on its way into new data. A batch that is kept takes over the offsets of those
/// before it that are not, and where nothing is kept behind them the last of them stays without its records: so every
/// offset that was found before is found again, as one of a gap.
final class RetainedBatches {
    private final long log;
    private final DataWriter target;
    private long covered = -1;
    private long end = -1;
    private @Nullable RecordBatch removed;

    RetainedBatches(long log, DataWriter target) {
        this.log = log;
        this.target = target;
    }

    /// What comes next begins here: behind what came before, or later where others have what is in between.
    void goOnFrom(long offset) {
        if (offset != end) {
            finish();
            covered = offset;
        }
    }

    /// @param retained what is kept of the batch
    void add(RecordBatch batch, @Nullable RecordBatch retained) {
        end = batch.lastOffset() + 1;
        if (retained == null) {
            removed = batch;
            return;
        }
        put(retained);
    }

    private void put(RecordBatch batch) {
        target.add(log, Math.min(covered, batch.baseOffset()), batch);
        covered = end;
        removed = null;
    }

    void finish() {
        RecordBatch last = removed;
        if (last != null) {
            put(BatchEditor.emptied(last));
        }
    }
}
