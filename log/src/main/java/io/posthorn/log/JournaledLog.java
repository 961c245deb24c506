package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// One durable log: its bounds, and an index into the part of the journal that is not rolled over. What is before
/// that is found in the data segments.
///
/// Appended by its one writer; everything here is guarded by the storage's lock. Idle it is these few fields.
final class JournaledLog implements Log {
    /// No log gets there, and sums with it do not overflow.
    private static final long LARGEST_OFFSET = 1L << 62;

    private final LogId id;
    private final LogReader reader;
    private long start;
    private long end;
    private @Nullable LogIndex index;
    private boolean dropped;
    private RetentionClass retention = RetentionClass.WORK;

    JournaledLog(LogId id, LogReader reader) {
        this.id = id;
        this.reader = reader;
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public LogBounds bounds() {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            return new LogBounds(start, end);
        } finally {
            journal.unlock();
        }
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            checkNotDropped();
            int size = FrameCodec.batchSize(batch);
            Slab slab = journal.claim(size, false);
            FrameCodec.putBatch(slab.array, slab.used, id.value(), end, batch);
            return added(journal.commit(slab, size, sync), batch);
        } finally {
            journal.unlock();
        }
    }

    /// Takes a batch that was written at `position` as the next one, and returns its first offset. Under the lock.
    long added(long position, RecordBatch batch) {
        long first = end;
        index().add(first, position, batch.sizeInBytes());
        end = first + batch.offsetCount();
        return first;
    }

    private LogIndex index() {
        if (index == null) {
            index = new LogIndex();
        }
        return index;
    }

    void checkNotDropped() {
        if (dropped) {
            throw new IllegalStateException(id + " was dropped");
        }
    }

    @Override
    public @Nullable LogSlice readTail(long offset, int maxBytes) {
        return reader.readTail(this, offset, maxBytes);
    }

    @Override
    public LogSlice read(long offset, int maxBytes) {
        return reader.read(this, offset, maxBytes);
    }

    @Override
    public @Nullable ReadBatches readInto(long offset, int maxBytes, ReadMemory memory) {
        return reader.readInto(this, offset, maxBytes, memory);
    }

    @Override
    public void trimBefore(long offset) {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            checkNotDropped();
            long newStart = Math.min(offset, end);
            if (newStart <= start) {
                return;
            }
            int size = FrameCodec.trimSize();
            Slab slab = journal.claim(size, true);
            FrameCodec.putTrim(slab.array, slab.used, id.value(), newStart);
            journal.commit(slab, size, false);
            releaseClosed(newStart);
            startAt(newStart);
        } finally {
            journal.unlock();
        }
    }

    /// Closed records before `newStart` are about to be given up. Of a log that is kept these are many at once, and
    /// somebody looks at once whether whole segments are free now.
    void releaseClosed(long newStart) {
        long released = Math.max(0, Math.min(newStart, dataEnd()) - start);
        reader.data().released(released);
        if (released > 0 && retention != RetentionClass.WORK) {
            reader.data().reviewSoon();
            reader.journal().notice();
        }
    }

    @Override
    public void keepAs(RetentionClass newRetention) {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        retention = newRetention;
        journal.unlock();
    }

    @Override
    public long closedEnd() {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            return Math.max(start, dataEnd());
        } finally {
            journal.unlock();
        }
    }

    @Override
    public long closedBytes(long offset) {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            return reader.data().bytes(id.value(), Math.max(offset, start));
        } finally {
            journal.unlock();
        }
    }

    @Override
    public long bytes() {
        SegmentedJournal journal = reader.journal();
        journal.lock();
        try {
            if (start == end) {
                return 0;
            }
            return reader.data().bytes(id.value(), start) + (index == null ? 0 : index.bytes());
        } finally {
            journal.unlock();
        }
    }

    // What follows is for the storage, under its lock.

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    boolean isDropped() {
        return dropped;
    }

    RetentionClass retention() {
        return retention;
    }

    /// Records before this are not in the journal (any more).
    long dataEnd() {
        return index == null ? end : index.offset(0);
    }

    @Nullable
    LogIndex indexOrNull() {
        return index;
    }

    void startAt(long offset) {
        start = Math.max(start, offset);
        if (index != null) {
            if (start >= end) {
                index = null;
            } else {
                index.trimBefore(start);
            }
        }
    }

    /// Recovery: a batch found in the journal.
    ///
    /// @return false when that cannot have been written
    boolean recovered(long baseOffset, RecordBatch batch, long position, boolean indexed) {
        if (baseOffset < end) {
            return true;
        }
        if (baseOffset > LARGEST_OFFSET || (index != null && baseOffset - index.offset(0) > Integer.MAX_VALUE)) {
            return false;
        }
        if (indexed) {
            index().add(baseOffset, position, batch.sizeInBytes());
        }
        end = baseOffset + batch.offsetCount();
        return true;
    }

    /// Recovery: what a snapshot or a trim knows.
    ///
    /// @return false when that cannot have been written
    boolean restore(long knownStart, long knownEnd) {
        if (knownStart < 0 || knownStart > knownEnd || knownEnd > LARGEST_OFFSET) {
            return false;
        }
        end = Math.max(end, knownEnd);
        startAt(knownStart);
        return true;
    }

    /// The journal before `position` is in data segments now.
    void rolledOver(long position) {
        if (index != null) {
            index.removeBeforePosition(position);
            if (index.size() == 0) {
                index = null;
            }
        }
    }

    void dropped() {
        dropped = true;
        start = end;
        index = null;
    }
}
