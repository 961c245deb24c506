package io.posthorn.log;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The journal in memory: claims positions, holds the tail, and knows how far the disk is.
///
/// Its lock is the only one of a storage: it guards the tail, the indexes and bounds of all logs, and the tables of
/// segments, and is held for copies and searches in memory only. Whoever takes it lets go of it with [#unlock],
/// which wakes the flusher up afterwards, so that no foreign code runs under it.
final class SegmentedJournal implements Journal {
    private static final long NO_UNIT = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Executor flusher;
    private final JournalTail tail;
    private final JournalSegments segments;
    private final SpaceGauge space;
    private final int largestFrame;

    private Runnable flushTask = () -> {};
    private Runnable pressureTask = () -> {};
    private boolean pressed;
    private boolean pressureTold;
    private boolean noticed;
    private volatile long end;
    private volatile long durableEnd;
    private long start;

    /// Up to here somebody waits for the flusher. Written under the lock.
    private volatile long wanted;

    private boolean flushScheduled;
    private boolean closed;

    /// Where what must survive together begins, while it is being appended.
    private long unitStart = NO_UNIT;

    private volatile LogException.@Nullable Poisoned poison;

    SegmentedJournal(Executor flusher, JournalTail tail, JournalSegments segments, SpaceGauge space, int largestFrame) {
        this.flusher = flusher;
        this.tail = tail;
        this.segments = segments;
        this.space = space;
        this.largestFrame = largestFrame;
    }

    /// Recovery has found this end.
    void startAt(long position) {
        start = position;
        end = position;
        durableEnd = position;
        wanted = position;
    }

    /// @param flush one turn of the flusher
    /// @param pressure called when much waits for the disk, or something else is to be looked at
    void runWith(Runnable flush, Runnable pressure) {
        flushTask = flush;
        pressureTask = pressure;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        if (lock.getHoldCount() > 1) {
            lock.unlock();
            return;
        }
        boolean wake = wanted > durableEnd && !flushScheduled && poison == null && !closed;
        flushScheduled |= wake;
        boolean tell = noticed || (pressed && !pressureTold);
        noticed = false;
        pressureTold = pressed;
        lock.unlock();
        if (wake) {
            flusher.execute(flushTask);
        }
        if (tell) {
            pressureTask.run();
        }
    }

    /// There is something for the housekeeper to look at, once the lock is free. Under the lock.
    void notice() {
        noticed = true;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public long durableEnd() {
        return durableEnd;
    }

    /// Bytes appended since this journal was opened.
    long appendedBytes() {
        return end - start;
    }

    @Override
    public long append(int machine, Bytes event, boolean sync) {
        lock();
        try {
            int size = FrameCodec.bodySize(event);
            Slab slab = claim(size, true);
            FrameCodec.putState(slab.array, slab.used, machine, event);
            commit(slab, size, sync);
            return end;
        } finally {
            unlock();
        }
    }

    long appendSnapshotBegin() {
        lock();
        try {
            Slab slab = claim(FrameCodec.HEADER_SIZE, true);
            FrameCodec.putSnapshotBegin(slab.array, slab.used);
            return commit(slab, FrameCodec.HEADER_SIZE, false);
        } finally {
            unlock();
        }
    }

    /// A machine may still be writing when the storage closes. That snapshot gets no end, and never counts.
    void appendSnapshotChunk(int machine, Bytes chunk) {
        lock();
        try {
            if (closed) {
                return;
            }
            int size = FrameCodec.bodySize(chunk);
            Slab slab = claim(size, true);
            FrameCodec.putSnapshotChunk(slab.array, slab.used, machine, chunk);
            commit(slab, size, false);
        } finally {
            unlock();
        }
    }

    void appendLogStarts(Bytes bounds) {
        lock();
        try {
            int size = FrameCodec.bodySize(bounds);
            Slab slab = claim(size, true);
            FrameCodec.putLogStarts(slab.array, slab.used, bounds);
            commit(slab, size, false);
        } finally {
            unlock();
        }
    }

    /// @return the position from which on the mark is durable
    long appendSnapshotEnd(long begin) {
        lock();
        try {
            if (closed) {
                return Long.MAX_VALUE;
            }
            int size = FrameCodec.trimSize();
            Slab slab = claim(size, true);
            FrameCodec.putSnapshotEnd(slab.array, slab.used, begin);
            commit(slab, size, true);
            return end;
        } finally {
            unlock();
        }
    }

    @Override
    public void requestSync() {
        requestSync(end);
    }

    @Override
    public void requestSync(long position) {
        if (position > end) {
            throw new IllegalArgumentException("nothing is appended at %d yet: the end is %d".formatted(position, end));
        }
        if (position <= wanted) {
            return;
        }
        lock();
        wanted = Math.max(wanted, position);
        unlock();
    }

    /// Lets one flush write everything that `appends` appends: see [LogStorage#atomically].
    void atomically(boolean makesRoom, Runnable appends) {
        lock();
        try {
            checkOpen();
            if (!makesRoom) {
                space.checkRoom(end - durableEnd);
            }
            unitStart = end;
            appends.run();
        } finally {
            unitStart = NO_UNIT;
            unlock();
        }
    }

    int mostAtOnce() {
        return largestFrame;
    }

    /// Room for one frame at the journal's end. Under the lock.
    ///
    /// @param reserve whether the frame may use the room that is kept for settling
    Slab claim(int size, boolean reserve) {
        checkOpen();
        boolean inUnit = unitStart != NO_UNIT;
        long together = size + (inUnit ? end - unitStart : 0);
        if (together > largestFrame) {
            throw new IllegalArgumentException(
                    "%d bytes are more than a journal takes at once: %d".formatted(together, largestFrame));
        }
        if (!reserve && !inUnit) {
            space.checkRoom(end - durableEnd);
        }
        return tail.reserve(end, size, inUnit && end > unitStart);
    }

    private void checkOpen() {
        if (poison != null) {
            throw poisoned();
        }
        if (closed) {
            throw new IllegalStateException("the storage is closed");
        }
    }

    /// Makes the frame just written into the slab part of the journal, and returns its position. Under the lock.
    long commit(Slab slab, int size, boolean sync) {
        long position = end;
        slab.used += size;
        end = position + size;
        pressed = space.isPressed(end - durableEnd);
        if (sync || tail.hasFullSlabFrom(durableEnd)) {
            wanted = end;
        }
        return position;
    }

    private LogException.Poisoned poisoned() {
        return new LogException.Poisoned("the journal has failed; what was appended since is not durable", poison);
    }

    JournalTail tail() {
        return tail;
    }

    JournalSegments segments() {
        return segments;
    }

    /// Where the segment begins that is written now.
    long lastSegmentFrom() {
        lock();
        try {
            return segments.last().entries().firstPosition();
        } finally {
            unlock();
        }
    }

    LogException.@Nullable Poisoned poison() {
        return poison;
    }

    /// Goes on with the flusher's turns as long as somebody waits; else they are over, and whoever asks for one wakes
    /// it.
    ///
    /// @return whether somebody waits
    boolean keepOrEndTurns() {
        lock.lock();
        try {
            flushScheduled = wanted > durableEnd && poison == null;
            return flushScheduled;
        } finally {
            lock.unlock();
        }
    }

    /// The next bytes to write: whole frames, at most `most` bytes but at least one frame; null when there is
    /// nothing to do.
    @Nullable
    Group nextGroup(long most) {
        lock.lock();
        try {
            if (!keepOrEndTurns()) {
                return null;
            }
            List<Slab> slabs = tail.from(durableEnd, most);
            long groupEnd = slabs.getLast().end();
            return Group.of(durableEnd, groupEnd, slabs);
        } finally {
            lock.unlock();
        }
    }

    /// The group is durable, at this address.
    void settle(Group group, long address) {
        lock.lock();
        try {
            segments.last().entries().add(group.from(), address + Group.PREAMBLE, group.to() - group.from());
            durableEnd = group.to();
            pressed = space.isPressed(end - durableEnd);
            tail.evict(durableEnd);
        } finally {
            lock.unlock();
        }
    }

    /// Everything after the durable end is lost to us.
    void poison(LogException.Poisoned cause) {
        lock.lock();
        try {
            if (poison == null) {
                poison = cause;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends appending. What was appended is still written by the caller, who takes the flusher's turn.
    void close() {
        lock.lock();
        try {
            closed = true;
            wanted = end;
        } finally {
            lock.unlock();
        }
    }
}
