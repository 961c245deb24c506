package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A log that is gone after a restart: in memory, and beyond the common budget in segments that are never synced. Any
/// thread; guarded by its own monitor.
final class VolatileLog implements Log {
    /// Not spilled, because it is read next.
    private static final long HEAD = 64 << 10;

    /// One batch: in memory, or in a spill segment.
    static final class Piece {
        private final long lastOffset;
        private final int size;
        private @Nullable RecordBatch batch;
        private @Nullable SpillSegment segment;
        private long address;
        private boolean trimmed;

        Piece(RecordBatch batch) {
            this.batch = batch;
            lastOffset = batch.lastOffset();
            size = batch.sizeInBytes();
        }

        int size() {
            return size;
        }
    }

    /// Pieces to be written, and their bytes.
    record Spill(List<Piece> pieces, List<ByteBuffer> bytes, int size) {}

    /// Batches to be read from one segment, one behind the other.
    private record Run(SpillSegment segment, long address, int length) {}

    private final LogId id;
    private final VolatileLogs logs;
    private final List<Piece> pieces = new ArrayList<>();
    private int first;
    private long start;
    private long end;
    private long memoryBytes;

    /// Of all that is left, in memory or not.
    private long bytes;

    VolatileLog(LogId id, VolatileLogs logs) {
        this.id = id;
        this.logs = logs;
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public synchronized LogBounds bounds() {
        return new LogBounds(start, end);
    }

    synchronized long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        return keep(RecordBatch.of(batch.bytes().copy()));
    }

    @Override
    public long appendOwn(RecordBatch batch) {
        // What was left free behind it would be kept with it.
        boolean isTight = batch.bytes().array().length <= batch.sizeInBytes() + batch.sizeInBytes() / 2;
        return isTight ? keep(batch) : append(batch, false);
    }

    private long keep(RecordBatch batch) {
        logs.checkRoom();
        long offset = add(batch);
        logs.changed(batch.sizeInBytes());
        return offset;
    }

    private synchronized long add(RecordBatch batch) {
        long offset = end;
        Bytes records = batch.bytes();
        RecordBatch.assignBaseOffset(records.array(), records.offset(), offset);
        pieces.add(new Piece(batch));
        memoryBytes += batch.sizeInBytes();
        bytes += batch.sizeInBytes();
        end = offset + batch.offsetCount();
        return offset;
    }

    @Override
    public synchronized @Nullable LogSlice readTail(long offset, int maxBytes) {
        checkOffset(offset);
        int from = find(offset);
        if (from < pieces.size() && pieces.get(from).batch == null) {
            return null;
        }
        return inMemory(from, maxBytes);
    }

    private LogSlice inMemory(int from, int maxBytes) {
        var found = new ArrayList<RecordBatch>();
        long bytes = 0;
        for (int i = from; i < pieces.size(); i++) {
            RecordBatch batch = pieces.get(i).batch;
            bytes += pieces.get(i).size;
            if (batch == null || (bytes > maxBytes && !found.isEmpty())) {
                break;
            }
            found.add(batch);
        }
        return Slices.of(found);
    }

    @Override
    public LogSlice read(long offset, int maxBytes) {
        Run run;
        synchronized (this) {
            LogSlice slice = readTail(offset, maxBytes);
            if (slice != null) {
                return slice;
            }
            run = spilledRun(find(offset), maxBytes);
            run.segment().use();
        }
        try {
            return read(run, offset);
        } finally {
            run.segment().letGo();
        }
    }

    private Run spilledRun(int from, int maxBytes) {
        Piece head = pieces.get(from);
        SpillSegment segment = head.segment;
        if (segment == null) {
            throw new IllegalStateException("a batch is neither in memory nor spilled");
        }
        int length = head.size;
        for (int i = from + 1; i < pieces.size(); i++) {
            Piece next = pieces.get(i);
            if (next.segment != segment || next.address != head.address + length || length + next.size > maxBytes) {
                break;
            }
            length += next.size;
        }
        return new Run(segment, head.address, length);
    }

    private LogSlice read(Run run, long offset) {
        byte[] bytes = new byte[run.length()];
        var found = new ArrayList<RecordBatch>();
        try {
            run.segment().read(run.address(), ByteBuffer.wrap(bytes));
            for (int at = 0; at < bytes.length; ) {
                int size = FrameCodec.int32(bytes, at + RecordBatch.LENGTH) + RecordBatch.LEADER_EPOCH;
                RecordBatch batch = RecordBatch.of(new Bytes(bytes, at, size));
                if (!batch.checksumIsValid()) {
                    throw new IllegalArgumentException("checksum");
                }
                found.add(batch);
                at += size;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | LogException.Damaged _) {
            if (found.isEmpty()) {
                throw damaged(offset);
            }
        }
        return Slices.of(found);
    }

    private synchronized LogException.Damaged damaged(long offset) {
        int piece = find(offset);
        long next = piece < pieces.size() ? pieces.get(piece).lastOffset + 1 : end;
        return new LogException.Damaged("spilled records of %s at %d".formatted(id, offset), next);
    }

    private void checkOffset(long offset) {
        if (offset < start || offset > end) {
            throw new LogException.OffsetOutOfRange(id, offset, new LogBounds(start, end));
        }
    }

    /// The first piece that reaches to `offset`; the number of pieces when there is none.
    private int find(long offset) {
        int low = first;
        int high = pieces.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pieces.get(middle).lastOffset < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public void trimBefore(long offset) {
        logs.changed(-trim(offset));
    }

    /// @return bytes of memory that are free now
    private synchronized long trim(long offset) {
        start = Math.max(start, Math.min(offset, end));
        int newFirst = find(start);
        long freed = 0;
        for (int i = first; i < newFirst; i++) {
            Piece piece = pieces.get(i);
            piece.trimmed = true;
            piece.batch = null;
            bytes -= piece.size;
            if (piece.segment != null) {
                piece.segment.release(piece.size);
            } else {
                freed += piece.size;
            }
        }
        first = newFirst;
        if (first > 64 && first > pieces.size() / 2) {
            pieces.subList(0, first).clear();
            first = 0;
        }
        memoryBytes -= freed;
        return freed;
    }

    /// Nothing is laid out.
    @Override
    public void keepAs(RetentionClass retention) {}

    @Override
    public synchronized long closedEnd() {
        return start;
    }

    @Override
    public long closedBytes(long offset) {
        return 0;
    }

    @Override
    public synchronized long bytes() {
        return bytes;
    }

    void drop() {
        trimBefore(Long.MAX_VALUE);
    }

    /// Consecutive pieces in memory.
    ///
    /// @param withoutHead not those that are read next, as far as they are small
    synchronized Spill spillable(int maxBytes, boolean withoutHead) {
        var found = new ArrayList<Piece>();
        var buffers = new ArrayList<ByteBuffer>();
        boolean inHead = withoutHead;
        long skipped = 0;
        int size = 0;
        for (int i = first; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            RecordBatch batch = piece.batch;
            inHead &= skipped + piece.size <= HEAD;
            if (inHead) {
                skipped += piece.size;
            } else if (batch != null && (found.isEmpty() || size + piece.size <= maxBytes)) {
                found.add(piece);
                buffers.add(batch.bytes().asByteBuffer());
                size += piece.size;
            } else if (!found.isEmpty()) {
                break;
            }
        }
        return new Spill(found, buffers, size);
    }

    /// The pieces are in the segment now, one behind the other.
    void spilled(List<Piece> written, SpillSegment segment, long address) {
        logs.changed(-moved(written, segment, address));
    }

    private synchronized long moved(List<Piece> written, SpillSegment segment, long address) {
        long next = address;
        long freed = 0;
        for (Piece piece : written) {
            if (piece.trimmed) {
                segment.release(piece.size);
            } else {
                piece.batch = null;
                piece.segment = segment;
                piece.address = next;
                freed += piece.size;
            }
            next += piece.size;
        }
        memoryBytes -= freed;
        return freed;
    }
}
