package io.posthorn.log.compaction;

import io.posthorn.log.BatchEditor;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One pass over a log: knows the newest record of each key in a range of it, and retains of everything before the
/// end of that range what nothing there is newer than. For [io.posthorn.log.LogStorage#clean]. One thread at a time.
///
/// A tombstone goes when it is old enough, and only where an earlier pass went all the way behind it: a pass that
/// ended on its way may have left an older value in place, which must not outlive it.
public final class Compaction implements BatchFilter {
    private static final int READ_AT_ONCE = 1 << 20;
    private static final int FEWEST_SLOTS = 1 << 10;
    private static final int MOST_SLOTS = 1 << 29;
    private static final short COMMIT = 1;

    private final CompactionRules rules;
    private final BatchCompression compression;
    private final long from;
    private final KeyOffsets keys;
    private long end;

    private Compaction(CompactionRules rules, BatchCompression compression, long from, KeyOffsets keys) {
        this.rules = rules;
        this.compression = compression;
        this.from = from;
        this.keys = keys;
        this.end = from;
    }

    /// Reads what was not compacted yet, as far as its keys fit into the memory allowed. Blocks.
    ///
    /// @param from where the passes before have ended; what is before it has no two records of one key
    /// @param to where this one is to end at the latest
    /// @param memory bytes for the table of keys
    /// @throws LogException.Damaged when records there cannot be read
    /// @throws IllegalArgumentException when a batch cannot be opened
    public static Compaction prepare(
            Log log, long from, long to, CompactionRules rules, BatchCompression compression, long memory) {
        long first = Math.max(from, log.bounds().start());
        // Three quarters of the slots are used at most, and no more keys come than there are offsets.
        long wanted = Math.min(memory / KeyOffsets.SLOT_BYTES, (to - first) / 3 * 4 + FEWEST_SLOTS);
        var keys = new KeyOffsets(Math.clamp(wanted, FEWEST_SLOTS, MOST_SLOTS));
        var compaction = new Compaction(rules, compression, first, keys);
        compaction.read(log, to);
        return compaction;
    }

    /// The pass covers what is before this offset.
    public long end() {
        return end;
    }

    private void read(Log log, long to) {
        boolean goesOn = true;
        while (goesOn && end < to) {
            try (LogSlice slice = log.read(end, READ_AT_ONCE)) {
                goesOn = !slice.batches().isEmpty();
                for (int i = 0; goesOn && i < slice.batches().size(); i++) {
                    goesOn = covers(slice.batches().get(i), to);
                }
            } catch (LogException.OffsetOutOfRange _) {
                // Trimmed meanwhile.
                end = Math.max(end, log.bounds().start());
            }
        }
    }

    /// @return whether there may be more to cover
    private boolean covers(RecordBatch batch, long to) {
        if (batch.lastOffset() >= to || batch.maxTimestamp() > rules.youngest()) {
            return false;
        }
        boolean fits = learn(batch);
        // Of a batch that is too large for any table some records stay that need not: it must not stop everything.
        if (fits || end == from) {
            end = batch.lastOffset() + 1;
        }
        return fits;
    }

    /// @return whether there was room for its keys. If not, some of them may be known all the same: they are not
    /// asked for beyond the end
    private boolean learn(RecordBatch batch) {
        if (batch.isControl() || rules.aborted().test(batch)) {
            return true;
        }
        RecordCursor records = opened(batch).records();
        while (records.next()) {
            Bytes key = records.key();
            if (key != null && records.offset() >= from && !keys.put(key, records.offset())) {
                return false;
            }
        }
        return true;
    }

    private RecordBatch opened(RecordBatch batch) {
        return batch.isCompressed() ? compression.open(batch) : batch;
    }

    @Override
    public @Nullable RecordBatch retain(RecordBatch batch) {
        if (batch.count() == 0) {
            return null;
        }
        if (batch.isControl()) {
            return retainMarker(batch);
        }
        return rules.aborted().test(batch) ? null : retainRecords(batch);
    }

    private @Nullable RecordBatch retainRecords(RecordBatch batch) {
        RecordBatch open = opened(batch);
        var kept = new BitSet(open.count());
        boolean tombstones = false;
        RecordCursor records = open.records();
        for (int i = 0; records.next(); i++) {
            Bytes key = records.key();
            boolean isTombstone = records.value() == null;
            boolean keeps = key == null
                    || (keys.latest(key) <= records.offset()
                            && !(isTombstone && records.offset() < from && isOverdue(batch)));
            kept.set(i, keeps);
            tombstones |= keeps && isTombstone;
        }
        if (kept.isEmpty()) {
            return null;
        }
        RecordBatch retained;
        if (tombstones && !batch.hasDeleteHorizon()) {
            retained = BatchEditor.retainingUntil(open, kept, horizon());
        } else if (kept.cardinality() == batch.count()) {
            return batch;
        } else {
            retained = BatchEditor.retaining(open, kept);
        }
        return batch.isCompressed() ? compression.compress(retained, batch.compression()) : retained;
    }

    private long horizon() {
        return rules.deleteRetention() > Long.MAX_VALUE - rules.now()
                ? Long.MAX_VALUE
                : rules.now() + rules.deleteRetention();
    }

    private boolean isOverdue(RecordBatch batch) {
        return batch.hasDeleteHorizon() && batch.baseTimestamp() <= rules.now();
    }

    /// No reader needs to know that a transaction was committed, once whoever reads along has seen it. That one was
    /// aborted says the end of its records to those who were told of its begin.
    private @Nullable RecordBatch retainMarker(RecordBatch batch) {
        if (!isCommit(batch)) {
            return batch;
        }
        if (isOverdue(batch)) {
            return null;
        }
        if (batch.hasDeleteHorizon()) {
            return batch;
        }
        var all = new BitSet();
        all.set(0, batch.count());
        return BatchEditor.retainingUntil(batch, all, horizon());
    }

    /// The key of a marker is its version and its type, two octets each.
    private static boolean isCommit(RecordBatch batch) {
        RecordCursor records = batch.records();
        Bytes key = records.next() ? records.key() : null;
        return key != null && key.length() >= 4 && (short) ((key.get(2) << 8) | (key.get(3) & 0xFF)) == COMMIT;
    }
}
