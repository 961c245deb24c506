package io.posthorn.log;

import java.util.HashSet;
import java.util.Set;

/// One snapshot on its way into the journal: complete when every machine and the storage itself have written their
/// part, and the end mark is durable. Any thread.
final class SnapshotRun implements Snapshots.SnapshotWriter {
    private static final int LOGS_PER_CHUNK = 2_000;

    private final SegmentedJournal journal;
    private final Set<Integer> writing;
    private final long begin;
    private final Runnable onEnd;
    private boolean ownPartWritten;
    private volatile long end = Long.MAX_VALUE;
    private volatile boolean givenUp;

    private SnapshotRun(SegmentedJournal journal, Set<Integer> machines, long begin, Runnable onEnd) {
        this.journal = journal;
        this.writing = new HashSet<>(machines);
        this.begin = begin;
        this.onEnd = onEnd;
    }

    /// @param onEnd called when the end mark is appended, which may be durable before that, or when the snapshot was
    /// given up
    static SnapshotRun begin(SegmentedJournal journal, Set<Integer> machines, Runnable onEnd) {
        return new SnapshotRun(journal, machines, journal.appendSnapshotBegin(), onEnd);
    }

    /// The journal position that it covers: replay goes on from here.
    long position() {
        return begin;
    }

    boolean isComplete() {
        return journal.durableEnd() >= end;
    }

    /// Whether a machine could not write its part.
    boolean isGivenUp() {
        return givenUp;
    }

    @Override
    public void chunk(int machine, Bytes chunk) {
        if (chunk.length() > LARGEST_CHUNK) {
            throw new IllegalArgumentException("a chunk of %d bytes; 1 MiB is the most".formatted(chunk.length()));
        }
        journal.appendSnapshotChunk(machine, chunk);
    }

    @Override
    public synchronized void done(int machine) {
        if (writing.remove(machine)) {
            endIfWritten();
        }
    }

    @Override
    public void failed(int machine) {
        givenUp = true;
        onEnd.run();
    }

    /// Writes the storage's own part: the bounds of every log.
    void writeLogStarts(LogTable logs) {
        var bounds = new byte[LOGS_PER_CHUNK * FrameCodec.BOUNDS_SIZE];
        var rest = logs.all().iterator();
        while (rest.hasNext()) {
            journal.lock();
            try {
                int size = 0;
                while (rest.hasNext() && size < bounds.length) {
                    JournaledLog log = rest.next();
                    if (log.end() > 0 && !log.isDropped()) {
                        RecordBatch.LONGS.set(bounds, size, log.id().value());
                        RecordBatch.LONGS.set(bounds, size + Long.BYTES, log.start());
                        RecordBatch.LONGS.set(bounds, size + 2 * Long.BYTES, log.end());
                        size += FrameCodec.BOUNDS_SIZE;
                    }
                }
                journal.appendLogStarts(new Bytes(bounds, 0, size));
            } finally {
                journal.unlock();
            }
        }
        synchronized (this) {
            ownPartWritten = true;
            endIfWritten();
        }
    }

    private void endIfWritten() {
        if (ownPartWritten && writing.isEmpty()) {
            end = journal.appendSnapshotEnd(begin);
            onEnd.run();
        }
    }
}
