package io.posthorn.broker.queue;

import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a log record by record, mostly forward: from memory when the bytes are there, otherwise from what a
/// blocking thread has read ahead.
public final class RecordReader {
    /// What [#seek] found.
    enum Found {
        /// [#record] is the one asked for.
        HERE,
        /// It has to be read from disk; the queue is told when it is there.
        COLD,
        /// The log has it no more, or cannot tell it; [#resumeAt] is the next offset to try.
        GONE,
        /// The log has this offset, but no message there, and will never have one; [#resumeAt] is the next one to try.
        EMPTY
    }

    private static final int TAIL_BYTES = 256 * 1024;
    private static final int FEW_BYTES = 4 * 1024;
    private static final int COLD_BYTES = 1024 * 1024;
    private static final int LEAST_COLD_BYTES = 16 * 1024;

    /// Batches up to this size are copied when a slice of the journal's tail is let go in the middle of one.
    private static final int COPY_BYTES = 256 * 1024;

    private final Queue queue;
    private final Log log;
    private final Surroundings shard;

    private @Nullable LogSlice slice;
    private List<RecordBatch> batches = List.of();
    private int batch;
    private @Nullable RecordCursor record;
    private boolean onRecord;

    /// Whether the batch that is read holds nothing for anybody.
    private boolean inVoid;

    private boolean fromTail;
    private long heldBytes;

    private @Nullable LogSlice ahead;
    private long aheadBytes;
    private long aheadFrom;
    private boolean loading;
    private long goneBefore;
    private long resumeAt;
    private int tailBytes = TAIL_BYTES;
    private boolean closed;

    RecordReader(Queue queue, Surroundings shard) {
        this.queue = queue;
        this.log = queue.messages();
        this.shard = shard;
    }

    /// So many records are wanted at most before the next pause: for a few, little is read at once.
    void expects(long records) {
        tailBytes = Math.clamp(records * FEW_BYTES, FEW_BYTES, TAIL_BYTES);
    }

    /// Moves to the record at `offset`.
    ///
    /// @param end where the log ends for this reader
    Found seek(long offset, long end) {
        if (onRecord && current().offset() == offset) {
            return Found.HERE;
        }
        if (offset < goneBefore) {
            resumeAt = goneBefore;
            return Found.GONE;
        }
        while (!holds(offset)) {
            if (!advance(offset, end)) {
                return Found.COLD;
            }
            if (batches.isEmpty()) {
                resumeAt = end;
                return Found.GONE;
            }
        }
        return walkTo(offset);
    }

    RecordCursor current() {
        RecordCursor current = record;
        if (current == null) {
            throw new IllegalStateException("there is no current record");
        }
        return current;
    }

    /// After [Found#GONE] and [Found#EMPTY]: the next offset that may be there.
    long resumeAt() {
        return resumeAt;
    }

    /// Whether the slice that is read, from where it is read now, tells of this offset.
    private boolean holds(long offset) {
        if (batches.isEmpty() || offset > batches.getLast().lastOffset()) {
            return false;
        }
        if (onRecord) {
            return offset >= current().offset();
        }
        // A slice that begins behind what was asked for tells that there is nothing before.
        return batch == 0 || offset >= batches.get(batch).baseOffset();
    }

    private Found walkTo(long offset) {
        while (batches.get(batch).lastOffset() < offset) {
            batch++;
            record = null;
            onRecord = false;
        }
        RecordBatch in = batches.get(batch);
        if (in.baseOffset() > offset) {
            resumeAt = in.baseOffset();
            return Found.GONE;
        }
        RecordCursor cursor = record;
        if (cursor == null) {
            cursor = in.records();
            record = cursor;
            inVoid = queue.holdsNothing(in);
        }
        if (inVoid) {
            resumeAt = in.lastOffset() + 1;
            return Found.EMPTY;
        }
        while (!onRecord || cursor.offset() < offset) {
            onRecord = MalformedRecords.next(cursor, in);
            if (!onRecord) {
                resumeAt = in.lastOffset() + 1;
                return Found.EMPTY;
            }
        }
        if (cursor.offset() == offset) {
            return Found.HERE;
        }
        resumeAt = cursor.offset();
        return Found.EMPTY;
    }

    /// Gets hold of the batch at `offset`; false when it has to be waited for.
    private boolean advance(long offset, long end) {
        LogSlice read = ahead;
        if (read != null) {
            long bytes = aheadBytes;
            ahead = null;
            aheadBytes = 0;
            if (covers(read, offset)) {
                use(read, false, bytes);
                if (batches.isEmpty()) {
                    return true;
                }
                readAheadFrom(batches.getLast().lastOffset() + 1, end);
                return true;
            }
            shard.memory().release(bytes);
            read.close();
        }
        if (loading) {
            return false;
        }
        LogSlice tail = log.readTail(offset, tailBytes);
        if (tail != null) {
            use(tail, true, 0);
            return true;
        }
        release();
        load(offset);
        return false;
    }

    private boolean covers(LogSlice slice, long offset) {
        if (slice.batches().isEmpty()) {
            return offset == aheadFrom;
        }
        return offset >= aheadFrom && offset <= slice.batches().getLast().lastOffset();
    }

    private void use(LogSlice next, boolean tail, long bytes) {
        releaseSlice();
        slice = next;
        batches = next.batches();
        fromTail = tail;
        heldBytes = bytes;
    }

    /// While this slice is delivered, the next is read.
    private void readAheadFrom(long offset, long end) {
        if (offset < end && !loading) {
            load(offset);
        }
    }

    private void load(long offset) {
        loading = true;
        aheadFrom = offset;
        shard.readCold(queue, this, offset, shard.memory().readAhead(COLD_BYTES, LEAST_COLD_BYTES));
    }

    /// What a blocking thread has read.
    public void loaded(LogSlice read) {
        loading = false;
        queue.activate();
        if (closed) {
            read.close();
            return;
        }
        aheadBytes = 0;
        for (RecordBatch each : read.batches()) {
            aheadBytes += each.sizeInBytes();
        }
        shard.memory().hold(aheadBytes);
        ahead = read;
    }

    /// What a blocking thread has found to be damaged.
    public void damaged(LogException.Damaged damage) {
        loading = false;
        queue.activate();
        goneBefore = damage.nextOffset();
    }

    /// A blocking thread came too late.
    public void trimmedBeforeLoaded() {
        loading = false;
        queue.activate();
        goneBefore = Math.max(goneBefore, log.bounds().start());
    }

    /// Lets go of the journal's tail at the end of a pass, so that no slow consumer pins it; the rest of the
    /// batch in the middle of which it stopped is kept, as a copy where it is in the journal's.
    void letGoOfTail() {
        if (!fromTail) {
            if (ahead == null && !loading && isExhausted()) {
                release();
            }
            return;
        }
        RecordBatch middle = onRecord ? batches.get(batch) : null;
        if (middle == null || current().offset() == middle.lastOffset() || middle.sizeInBytes() > COPY_BYTES) {
            release();
            return;
        }
        keep(middle, slice == null || slice.pinsSlabs());
    }

    private void keep(RecordBatch middle, boolean mustCopy) {
        RecordCursor at = current();
        RecordBatch kept = mustCopy ? RecordBatch.of(middle.bytes().copy()) : middle;
        releaseSlice();
        batches = List.of(kept);
        heldBytes = kept.sizeInBytes();
        shard.memory().hold(heldBytes);
        fromTail = false;
        if (mustCopy) {
            walkTo(at.offset());
        } else {
            record = at;
            onRecord = true;
        }
    }

    /// Lets go of the journal's tail, and of what was read to its end; both are found again.
    void pause() {
        if (fromTail || (ahead == null && !loading && isExhausted())) {
            releaseSlice();
        }
    }

    /// Whether memory is held that is nobody else's.
    boolean holdsMemory() {
        return heldBytes + aheadBytes > 0;
    }

    private boolean isExhausted() {
        return onRecord && current().offset() == batches.getLast().lastOffset();
    }

    /// Lets go of everything, and of what is still to come.
    void close() {
        closed = true;
        release();
    }

    /// Lets go of everything.
    void release() {
        releaseSlice();
        LogSlice read = ahead;
        if (read != null) {
            ahead = null;
            shard.memory().release(aheadBytes);
            aheadBytes = 0;
            read.close();
        }
    }

    private void releaseSlice() {
        LogSlice used = slice;
        slice = null;
        batches = List.of();
        batch = 0;
        record = null;
        onRecord = false;
        shard.memory().release(heldBytes);
        heldBytes = 0;
        if (used != null) {
            used.close();
        }
    }
}
