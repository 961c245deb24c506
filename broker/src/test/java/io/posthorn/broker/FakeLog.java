package io.posthorn.broker;

import io.posthorn.log.BatchEditor;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RetentionClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One log of a [FakeStorage]: a sorted map of batches. Guarded by its storage.
final class FakeLog implements Log {
    private final FakeStorage storage;
    private final LogId id;
    private final boolean durable;
    private final TreeMap<Long, RecordBatch> batches = new TreeMap<>();
    private long start;
    private long end;
    private long closedTo;

    FakeLog(FakeStorage storage, LogId id, boolean durable) {
        this.storage = storage;
        this.id = id;
        this.durable = durable;
    }

    void put(long offset, RecordBatch batch) {
        batches.put(offset, copyOf(batch, offset));
        end = offset + batch.offsetCount();
    }

    /// The last of what goes stays without its records, so that there is something up to the end.
    void clean(long to, BatchFilter filter) {
        for (RecordBatch batch : List.copyOf(batches.values())) {
            boolean isLast = batches.higherKey(batch.baseOffset()) == null;
            RecordBatch kept = batch.lastOffset() < to ? filter.retain(batch) : batch;
            if (kept != null || isLast) {
                batches.put(batch.baseOffset(), kept != null ? kept : BatchEditor.emptied(batch));
            } else {
                batches.remove(batch.baseOffset());
            }
        }
    }

    /// Everything there is now is closed.
    void closeAll() {
        closedTo = bounds().end();
    }

    void trim(long before) {
        start = Math.max(start, Math.min(before, end));
        while (!batches.isEmpty() && batches.firstEntry().getValue().lastOffset() < start) {
            batches.pollFirstEntry();
        }
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public LogBounds bounds() {
        synchronized (storage) {
            return new LogBounds(start, end);
        }
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        if (durable) {
            return storage.appendAll(List.of(this), batch, sync)[0];
        }
        synchronized (storage) {
            long offset = end;
            put(offset, batch);
            return offset;
        }
    }

    @Override
    public @Nullable LogSlice readTail(long offset, int maxBytes) {
        return durable && storage.isCold() ? null : slice(offset, maxBytes);
    }

    @Override
    public LogSlice read(long offset, int maxBytes) {
        if (storage.damaged.contains(id)) {
            throw new LogException.Damaged("this log is damaged on purpose", bounds().end());
        }
        if (storage.unreadable.contains(id)) {
            throw new LogException.Unreadable("this log cannot be read for a while", null);
        }
        return slice(offset, maxBytes);
    }

    private LogSlice slice(long offset, int maxBytes) {
        synchronized (storage) {
            if (storage.broken.contains(id)) {
                throw new IllegalStateException("this log is broken on purpose");
            }
            if (offset < start || offset > end) {
                throw new LogException.OffsetOutOfRange(id, offset, bounds());
            }
            var read = new ArrayList<RecordBatch>();
            Long first = batches.floorKey(offset);
            int bytes = 0;
            for (RecordBatch batch :
                    batches.tailMap(first == null ? offset : first, true).values()) {
                bytes += batch.sizeInBytes();
                if (batch.lastOffset() >= offset && (read.isEmpty() || bytes <= maxBytes)) {
                    read.add(batch);
                }
            }
            return new Slice(List.copyOf(read));
        }
    }

    @Override
    public void keepAs(RetentionClass retention) {}

    @Override
    public long closedEnd() {
        return storage.closesOnlyWhenAsked() ? closedTo : bounds().end();
    }

    @Override
    public long closedBytes(long offset) {
        synchronized (storage) {
            return batches.values().stream()
                    .filter(batch -> batch.lastOffset() >= offset)
                    .mapToLong(RecordBatch::sizeInBytes)
                    .sum();
        }
    }

    @Override
    public long bytes() {
        return closedBytes(start);
    }

    @Override
    public void trimBefore(long offset) {
        if (durable) {
            storage.trim(id, offset);
        } else {
            synchronized (storage) {
                trim(offset);
            }
        }
    }

    static RecordBatch copyOf(RecordBatch batch, long offset) {
        byte[] copy = batch.bytes().toByteArray();
        ByteBuffer.wrap(copy).putLong(0, offset);
        return RecordBatch.of(new Bytes(copy));
    }

    private record Slice(List<RecordBatch> batches) implements LogSlice {
        @Override
        public void close() {}
    }
}
