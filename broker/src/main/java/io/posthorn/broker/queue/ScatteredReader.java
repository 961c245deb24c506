package io.posthorn.broker.queue;

import io.posthorn.log.Log;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// For orders that jump about in the log: reads the batch that holds a message, from memory when it is there; when
/// not, a blocking thread reads those that go out next, all in one go.
final class ScatteredReader extends QueueReader {
    private static final int MOST_AHEAD = 256;
    private static final int COLD_BYTES = 1024 * 1024;
    private static final int LEAST_COLD_BYTES = 16 * 1024;
    private static final RecordBatch[] NOTHING = {};

    private final Log log;

    /// The batch that is read, and where in it.
    private @Nullable RecordBatch batch;

    private @Nullable RecordCursor record;

    /// What pins the batch in the journal's tail; null when it is a copy.
    private @Nullable LogSlice pinned;

    /// What a blocking thread has read, by offset.
    private RecordBatch[] loaded = NOTHING;

    private long loadedBytes;
    private int leftOfLoaded;
    private boolean loading;

    /// Nothing is in the log from the first of these offsets to before the second.
    private long goneFrom = OffsetSet.NONE;

    private long goneTo = OffsetSet.NONE;
    private long resumeAt;

    ScatteredReader(WorkQueue queue, Backlog backlog, Delivering delivering) {
        super(queue, backlog, delivering);
        this.log = queue.messages();
    }

    @Override
    RecordReader.Found seek(long offset, long end) {
        if (goneFrom <= offset && offset < goneTo) {
            return gone(goneTo);
        }
        RecordBatch current = batch;
        if (current != null && holds(current, offset)) {
            return walkTo(current, offset);
        }
        RecordBatch read = ofLoaded(offset);
        if (read != null) {
            use(read, null);
            return walkTo(read, offset);
        }
        LogSlice tail = log.readTail(offset, 1);
        if (tail == null) {
            load(offset, end);
            return RecordReader.Found.COLD;
        }
        if (tail.batches().isEmpty()) {
            tail.close();
            return gone(end);
        }
        RecordBatch first = tail.batches().getFirst();
        if (first.baseOffset() > offset) {
            tail.close();
            return gone(first.baseOffset());
        }
        use(first, tail);
        return walkTo(first, offset);
    }

    private RecordReader.Found gone(long next) {
        resumeAt = next;
        return RecordReader.Found.GONE;
    }

    private static boolean holds(RecordBatch batch, long offset) {
        return batch.baseOffset() <= offset && offset <= batch.lastOffset();
    }

    private RecordReader.Found empty(long next) {
        resumeAt = next;
        return RecordReader.Found.EMPTY;
    }

    private RecordReader.Found walkTo(RecordBatch in, long offset) {
        if (queue.holdsNothing(in)) {
            return empty(in.lastOffset() + 1);
        }
        RecordCursor cursor = record;
        if (cursor == null) {
            cursor = in.records();
            record = cursor;
        }
        if (!MalformedRecords.moveTo(cursor, in, offset)) {
            return empty(in.lastOffset() + 1);
        }
        if (cursor.offset() != offset) {
            return empty(cursor.offset());
        }
        if (pinned == null) {
            leftOfLoaded--;
        }
        return RecordReader.Found.HERE;
    }

    private void use(RecordBatch next, @Nullable LogSlice pin) {
        unpin();
        batch = next;
        record = null;
        pinned = pin;
    }

    private @Nullable RecordBatch ofLoaded(long offset) {
        int low = 0;
        int high = loaded.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            RecordBatch at = loaded[middle];
            if (at.lastOffset() < offset) {
                low = middle + 1;
            } else if (at.baseOffset() > offset) {
                high = middle - 1;
            } else {
                return at;
            }
        }
        return null;
    }

    private void load(long offset, long end) {
        if (loading) {
            return;
        }
        loading = true;
        letGoOfLoaded();
        var wanted = new long[MOST_AHEAD];
        int count = order.upcoming(end, wanted);
        if (count == 0 || wanted[0] != offset) {
            wanted[0] = offset;
            count = 1;
        }
        long bytes = shard.memory().readAhead(COLD_BYTES, LEAST_COLD_BYTES);
        shard.readScattered(queue, new ScatteredRead(this, Arrays.copyOf(wanted, count), bytes));
    }

    /// What a blocking thread has read.
    void loaded(ScatteredRead read) {
        loading = false;
        queue.activate();
        loaded = read.batches();
        loadedBytes = read.bytes();
        leftOfLoaded = read.found();
        shard.memory().hold(loadedBytes);
        if (read.goneBefore() != OffsetSet.NONE) {
            goneFrom = read.first();
            goneTo = read.goneBefore();
        }
    }

    private void letGoOfLoaded() {
        loaded = NOTHING;
        shard.memory().release(loadedBytes);
        loadedBytes = 0;
    }

    @Override
    RecordCursor current() {
        RecordCursor current = record;
        if (current == null) {
            throw new IllegalStateException("there is no current record");
        }
        return current;
    }

    @Override
    long resumeAt() {
        return resumeAt;
    }

    @Override
    void letGoOfTail() {
        if (pinned != null) {
            unpin();
        }
        if (leftOfLoaded <= 0 && loadedBytes > 0) {
            unpin();
            letGoOfLoaded();
        }
    }

    private void unpin() {
        LogSlice pin = pinned;
        pinned = null;
        batch = null;
        record = null;
        if (pin != null) {
            pin.close();
        }
    }

    @Override
    void release() {
        unpin();
        letGoOfLoaded();
    }
}
