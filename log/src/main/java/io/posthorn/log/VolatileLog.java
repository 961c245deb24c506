package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A log in memory, gone after a restart.
final class VolatileLog implements Log {
    private final LogId id;
    private final AtomicLong memory;
    private final List<RecordBatch> batches = new ArrayList<>();
    private int first;
    private long start;
    private long end;

    VolatileLog(LogId id, AtomicLong memory) {
        this.id = id;
        this.memory = memory;
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public synchronized LogBounds bounds() {
        return new LogBounds(start, end);
    }

    @Override
    public synchronized long append(RecordBatch batch, boolean sync) {
        byte[] copy = batch.bytes().toByteArray();
        RecordBatch.assignBaseOffset(copy, 0, end);
        batches.add(RecordBatch.of(new Bytes(copy)));
        memory.addAndGet(copy.length);
        long offset = end;
        end += batch.offsetCount();
        return offset;
    }

    @Override
    public @Nullable LogSlice readTail(long offset, int maxBytes) {
        return read(offset, maxBytes);
    }

    @Override
    public synchronized LogSlice read(long offset, int maxBytes) {
        if (offset < start || offset > end) {
            throw new LogException.OffsetOutOfRange(id, offset, new LogBounds(start, end));
        }
        var found = new ArrayList<RecordBatch>();
        long bytes = 0;
        for (int i = find(offset); i < batches.size(); i++) {
            bytes += batches.get(i).sizeInBytes();
            if (bytes > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(batches.get(i));
        }
        return Slices.of(found);
    }

    private int find(long offset) {
        int low = first;
        int high = batches.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batches.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public synchronized void trimBefore(long offset) {
        start = Math.max(start, Math.min(offset, end));
        int newFirst = find(start);
        long freed = 0;
        for (int i = first; i < newFirst; i++) {
            freed += batches.get(i).sizeInBytes();
        }
        first = newFirst;
        memory.addAndGet(-freed);
        if (first > 64 && first > batches.size() / 2) {
            batches.subList(0, first).clear();
            first = 0;
        }
    }

    synchronized void drop() {
        trimBefore(end);
        batches.clear();
        first = 0;
    }
}
