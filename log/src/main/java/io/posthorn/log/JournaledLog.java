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
            return added(journal.commit(slab, size, sync), batch.offsetCount());
        } finally {
            journal.unlock();
        }
    }

    /// Takes a batch that was written at `position` as the next one, and returns its first offset. Under the lock.
    long added(long position, int offsets) {
        long first = end;
        index().add(first, position);
        end = first + offsets;
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
            reader.data().released(Math.max(0, Math.min(newStart, dataEnd()) - start));
            startAt(newStart);
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
    boolean recovered(long baseOffset, int offsets, long position, boolean indexed) {
        if (baseOffset < end) {
            return true;
        }
        if (baseOffset > LARGEST_OFFSET || (index != null && baseOffset - index.offset(0) > Integer.MAX_VALUE)) {
            return false;
        }
        if (indexed) {
            index().add(baseOffset, position);
        }
        end = baseOffset + offsets;
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
