package io.posthorn.broker.queue;

import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a queue wants to read from a cold log, wherever it lies: filled on a thread that may wait, then handed to
/// the queue's thread.
public final class ScatteredRead {
    /// Neighbours in the order of delivery that are this close in the log are read at once.
    private static final int NEAR = 64;

    private static final int NEAR_BYTES = 64 * 1024;

    private final ScatteredReader reader;
    private final long[] wanted;
    private final long maxBytes;
    private final TreeMap<Long, RecordBatch> batches = new TreeMap<>();
    private long bytes;
    private int found;
    private long goneBefore = OffsetSet.NONE;
    private LogException.@Nullable Damaged damage;

    /// @param wanted in the order of delivery
    ScatteredRead(ScatteredReader reader, long[] wanted, long maxBytes) {
        this.reader = reader;
        this.wanted = wanted;
        this.maxBytes = maxBytes;
    }

    /// Reads what is wanted, from the first on, as far as the bytes go. May block.
    ///
    /// @throws LogException.Unreadable when it cannot be read now; it may be tried again
    public void from(Log log) {
        found = 0;
        for (int i = 0; i < wanted.length && bytes < maxBytes; i++) {
            if (!holds(wanted[i]) && !read(log, i)) {
                return;
            }
            found++;
        }
    }

    private boolean holds(long offset) {
        Map.Entry<Long, RecordBatch> entry = batches.floorEntry(offset);
        return entry != null && entry.getValue().lastOffset() >= offset;
    }

    /// @return false when to stop, because the log does not have it; what comes first must be known to be gone
    private boolean read(Log log, int at) {
        long offset = wanted[at];
        long next = at + 1 < wanted.length ? wanted[at + 1] : OffsetSet.NONE;
        if (next != OffsetSet.NONE && next < offset && offset - next < NEAR) {
            keepNeighbours(log, at);
        }
        if (holds(offset)) {
            return true;
        }
        try (LogSlice slice = log.read(offset, 1)) {
            if (keep(slice, offset)) {
                return true;
            }
            gone(
                    at,
                    slice.batches().isEmpty()
                            ? offset + 1
                            : slice.batches().getFirst().baseOffset());
        } catch (LogException.Damaged e) {
            damage = at == 0 ? e : null;
            gone(at, e.nextOffset());
        } catch (LogException.OffsetOutOfRange e) {
            gone(at, Math.max(offset + 1, log.bounds().start()));
        }
        return false;
    }

    /// Those that follow are a little before in the log: one read from the lowest of them on may bring them all. Where
    /// it does not, because they are large or damaged, they are read one by one.
    private void keepNeighbours(Log log, int at) {
        long low = wanted[at];
        for (int i = at + 1; i < wanted.length && wanted[i] < wanted[i - 1] && wanted[at] - wanted[i] < NEAR; i++) {
            low = wanted[i];
        }
        try (LogSlice slice = log.read(low, NEAR_BYTES)) {
            for (int i = at; i < wanted.length && wanted[i] >= low && wanted[i] <= wanted[at]; i++) {
                keep(slice, wanted[i]);
            }
        } catch (LogException.Damaged | LogException.OffsetOutOfRange e) {
            // Reading them one by one tells which.
        }
    }

    private void gone(int at, long before) {
        if (at == 0) {
            goneBefore = before;
        }
    }

    /// Keeps a copy of the batch that holds the offset: the slice's bytes may be much more than that.
    private boolean keep(LogSlice slice, long offset) {
        for (RecordBatch batch : slice.batches()) {
            if (batch.baseOffset() <= offset && offset <= batch.lastOffset()) {
                if (batches.putIfAbsent(batch.baseOffset(), batch) == null) {
                    batches.put(batch.baseOffset(), RecordBatch.of(batch.bytes().copy()));
                    bytes += batch.sizeInBytes();
                }
                return true;
            }
        }
        return false;
    }

    /// Why what comes first cannot be read; null when it can, or is just not there any more.
    public LogException.@Nullable Damaged damage() {
        return damage;
    }

    /// On the queue's thread: what was read is there.
    public void done() {
        reader.loaded(this);
    }

    /// What was read, by offset.
    RecordBatch[] batches() {
        return batches.values().toArray(RecordBatch[]::new);
    }

    long bytes() {
        return bytes;
    }

    /// How many of those wanted were read.
    int found() {
        return found;
    }

    /// The offset that comes first in the order.
    long first() {
        return wanted[0];
    }

    /// When what comes first is not there: the next offset that may be. [OffsetSet#NONE] when it is there.
    long goneBefore() {
        return goneBefore;
    }
}
