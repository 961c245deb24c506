package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads logs: from the journal's tail in memory, else from the journal's segments, else from the data segments. Any
/// thread; only [#read] blocks, and not while it holds the lock.
final class LogReader {
    /// So many pieces of the journal are read for one request at most.
    private static final int MOST_RUNS = 256;

    private final SegmentedJournal journal;
    private final DataSegments data;
    private final ColdReader cold;
    private final BufferReader buffers;

    LogReader(SegmentedJournal journal, DataSegments data, ColdReader cold, BufferReader buffers) {
        this.journal = journal;
        this.data = data;
        this.cold = cold;
        this.buffers = buffers;
    }

    SegmentedJournal journal() {
        return journal;
    }

    DataSegments data() {
        return data;
    }

    @Nullable
    LogSlice readTail(JournaledLog log, long offset, int maxBytes) {
        journal.lock();
        try {
            return tail(log, offset, maxBytes);
        } finally {
            journal.unlock();
        }
    }

    LogSlice read(JournaledLog log, long offset, int maxBytes) {
        long next = offset;
        while (true) {
            ColdPlan plan;
            journal.lock();
            try {
                LogSlice slice = tail(log, next, maxBytes);
                if (slice != null && slice.batches().isEmpty() && next > offset) {
                    throw lost(log, offset);
                }
                if (slice != null) {
                    return slice;
                }
                plan = plan(log, next, maxBytes);
                cold.pin(plan);
            } finally {
                journal.unlock();
            }
            LogSlice slice = readUnpinning(plan, maxBytes);
            if (!slice.batches().isEmpty()) {
                return slice;
            }
            // A gap, left by damage that recovery found: what follows it is served.
            next = plan.nextOffset();
        }
    }

    /// What of this is in segments, into memory of the reader's own; null when that is nothing.
    @Nullable
    ReadBatches readInto(JournaledLog log, long offset, int maxBytes, ReadMemory memory) {
        ColdPlan plan;
        journal.lock();
        try {
            if (offset < log.start() || offset >= log.end() || isInMemory(log, offset)) {
                return null;
            }
            plan = plan(log, offset, maxBytes);
            cold.pin(plan);
        } catch (LogException.Damaged _) {
            return null;
        } finally {
            journal.unlock();
        }
        try {
            return buffers.read(plan, maxBytes, memory);
        } finally {
            cold.unpin(plan);
        }
    }

    private boolean isInMemory(JournaledLog log, long offset) {
        LogIndex index = log.indexOrNull();
        return index != null
                && !isRolledOver(log, index, offset)
                && journal.tail().find(index.position(Math.max(0, index.find(offset)))) != null;
    }

    private boolean isRolledOver(JournaledLog log, LogIndex index, long offset) {
        return offset < index.offset(0) && data.find(log, offset) != null;
    }

    private LogSlice readUnpinning(ColdPlan plan, int maxBytes) {
        try {
            return cold.read(plan, maxBytes);
        } finally {
            cold.unpin(plan);
        }
    }

    /// The batches of one place in a data segment that nobody deletes meanwhile.
    LogSlice readData(JournaledLog log, DataSegment.Place place, long offset) {
        ColdPlan.Run run = place.run(1 << 20);
        var plan = new ColdPlan(log.id(), offset, place.offsetBehind(run), List.of(run));
        cold.pin(plan);
        return readUnpinning(plan, Integer.MAX_VALUE);
    }

    private @Nullable LogSlice tail(JournaledLog log, long offset, int maxBytes) {
        if (offset < log.start() || offset > log.end()) {
            throw new LogException.OffsetOutOfRange(log.id(), offset, new LogBounds(log.start(), log.end()));
        }
        if (offset == log.end()) {
            return Slices.EMPTY;
        }
        LogIndex index = log.indexOrNull();
        if (index == null || isRolledOver(log, index, offset)) {
            return null;
        }
        return new TailRead(journal, log, offset, maxBytes).slice(index);
    }

    /// What must be read from segments, under the lock.
    private ColdPlan plan(JournaledLog log, long offset, int maxBytes) {
        LogIndex index = log.indexOrNull();
        if (index == null || offset < index.offset(0)) {
            DataSegment.Place place = data.find(log, offset);
            if (place != null) {
                return dataPlan(log, place, offset, maxBytes);
            }
            if (index == null) {
                throw lost(log, offset);
            }
        }
        var runs = new ArrayList<ColdPlan.Run>();
        int next = Math.max(0, index.find(offset));
        if (!isInSegments(index.position(next))) {
            throw new LogException.Damaged(
                    "the journal lacks position " + index.position(next),
                    next + 1 < index.size() ? index.offset(next + 1) : index.offset(next) + 1);
        }
        long bytes = 0;
        do {
            next = journalRun(index, next, (int) (maxBytes - bytes), runs);
            bytes += runs.getLast().leastBytes();
        } while (bytes < maxBytes
                && runs.size() < MOST_RUNS
                && next < index.size()
                && isInSegments(index.position(next)));
        return new ColdPlan(log.id(), offset, next < index.size() ? index.offset(next) : log.end(), runs);
    }

    /// One piece behind the other of one segment: read in turn they are one long run of the file.
    private static ColdPlan dataPlan(JournaledLog log, DataSegment.Place first, long offset, int maxBytes) {
        var runs = new ArrayList<ColdPlan.Run>(1);
        long bytes = 0;
        DataSegment.Place place = first;
        DataSegment.Place next = first;
        while (next != null && (runs.isEmpty() || bytes + next.length() <= maxBytes)) {
            place = next;
            ColdPlan.Run run = place.run((int) (maxBytes - bytes));
            runs.add(run);
            bytes += run.limit();
            next = place.behind(run);
        }
        return new ColdPlan(log.id(), offset, place.offsetBehind(runs.getLast()), runs);
    }

    /// There is nothing from here to the log's end, as far as it is known from a snapshot or a trim.
    private static LogException.Damaged lost(JournaledLog log, long offset) {
        return new LogException.Damaged("the records of %s at %d are lost".formatted(log.id(), offset), log.end());
    }

    private boolean isInSegments(long position) {
        JournalSegments.Part part = journal.segments().find(position);
        int entry = part == null ? -1 : part.entries().find(position);
        return part != null && entry >= 0 && position < part.entries().endOf(entry);
    }

    /// Adds the run of batches that begins with the given one and lies in one entry, close enough together to be
    /// read at once.
    ///
    /// @return the first batch behind the run
    private int journalRun(LogIndex index, int first, int maxBytes, List<ColdPlan.Run> runs) {
        long position = index.position(first);
        JournalSegments.Part part = Objects.requireNonNull(journal.segments().find(position));
        int entry = part.entries().find(position);
        long entryEnd = part.entries().endOf(entry);
        int last = first;
        while (last + 1 < index.size()
                && index.position(last + 1) < entryEnd
                && index.position(last + 1) - index.position(last) <= ColdPlan.LARGEST_HOLE
                && index.position(last + 1) - position < maxBytes) {
            last++;
        }
        int[] starts = new int[last - first + 1];
        long[] offsets = new long[starts.length];
        for (int i = first; i <= last; i++) {
            starts[i - first] = Math.toIntExact(index.position(i) - position);
            offsets[i - first] = index.offset(i);
        }
        long limit = last + 1 < index.size() ? Math.min(entryEnd, index.position(last + 1)) : entryEnd;
        long address = part.entries().address(entry) + position - part.entries().position(entry);
        SegmentId id = part.id();
        int most = Math.toIntExact(limit - position);
        runs.add(new ColdPlan.Run(id, address, most, false, starts, offsets, likelyFrame(index)));
        return last + 1;
    }

    /// Batches of one log are of one size, mostly; one that is a little longer than the others need not be
    /// read twice.
    private static int likelyFrame(LogIndex index) {
        long average = index.bytes() / index.size();
        return Math.clamp(average + average / 8 + FrameCodec.HEADER_SIZE, ColdPlan.FIRST_GUESS, ColdPlan.LARGEST_GUESS);
    }
}
