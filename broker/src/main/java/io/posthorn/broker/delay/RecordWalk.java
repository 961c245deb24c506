package io.posthorn.broker.delay;

import io.posthorn.broker.MemoryBudget;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through records of a log, mostly forward: from memory where they are, otherwise from what was read by a thread
/// that may wait. Confined to the thread of its shard.
final class RecordWalk {
    enum Found {
        /// [#record] is the one asked for.
        HERE,
        /// It has to be read from disk: see [#loaded].
        COLD,
        /// The log does not have it.
        GONE
    }

    private static final int TAIL_BYTES = 64 * 1024;

    private final MemoryBudget memory;
    private @Nullable LogSlice slice;
    private List<RecordBatch> batches = List.of();
    private int batch;
    private @Nullable RecordCursor record;
    private boolean onRecord;
    private boolean fromTail;
    private long readFrom;
    private long held;

    RecordWalk(MemoryBudget memory) {
        this.memory = memory;
    }

    RecordCursor record() {
        RecordCursor current = record;
        if (current == null) {
            throw new IllegalStateException("there is no current record");
        }
        return current;
    }

    Found seek(Log log, long offset) {
        if (!batches.isEmpty()
                && offset >= readFrom
                && offset <= batches.getLast().lastOffset()) {
            return walkTo(offset) ? Found.HERE : Found.GONE;
        }
        release();
        LogSlice tail;
        try {
            tail = log.readTail(offset, TAIL_BYTES);
        } catch (LogException.OffsetOutOfRange e) {
            return Found.GONE;
        }
        if (tail == null) {
            return Found.COLD;
        }
        use(tail, offset, true);
        return !batches.isEmpty() && walkTo(offset) ? Found.HERE : Found.GONE;
    }

    /// What a thread that may wait has read, for [#seek] to find.
    void loaded(LogSlice read, long from) {
        release();
        use(read, from, false);
        batches.forEach(each -> held += each.sizeInBytes());
        memory.hold(held);
    }

    private void use(LogSlice read, long from, boolean tail) {
        slice = read;
        readFrom = from;
        batches = read.batches();
        fromTail = tail;
    }

    private boolean walkTo(long offset) {
        if (onRecord && record().offset() > offset) {
            batch = 0;
            record = null;
            onRecord = false;
        }
        while (batch < batches.size() && batches.get(batch).lastOffset() < offset) {
            batch++;
            record = null;
            onRecord = false;
        }
        if (batch == batches.size()) {
            return false;
        }
        RecordCursor cursor = record;
        if (cursor == null) {
            cursor = batches.get(batch).records();
            record = cursor;
        }
        while (!onRecord || cursor.offset() < offset) {
            onRecord = cursor.next();
            if (!onRecord) {
                return false;
            }
        }
        return cursor.offset() == offset;
    }

    /// Lets go of the journal's tail at the end of a pass, so that it is not pinned.
    void letGoOfTail() {
        if (fromTail) {
            release();
        }
    }

    void release() {
        LogSlice used = slice;
        slice = null;
        batches = List.of();
        batch = 0;
        record = null;
        onRecord = false;
        fromTail = false;
        memory.release(held);
        held = 0;
        if (used != null) {
            used.close();
        }
    }
}
