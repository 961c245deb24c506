package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;

/// Appends to several logs at once, and several things as one.
///
/// What is appended under one claim lies in one slab, a flush writes whole slabs as one entry, and an entry is there
/// whole or not at all: so frames that are claimed together survive a crash together or not at all.
final class JournalAppends {
    private final SegmentedJournal journal;

    JournalAppends(SegmentedJournal journal) {
        this.journal = journal;
    }

    /// @return the first offset of the batch in each log
    long[] append(List<Log> targets, RecordBatch batch, boolean sync) {
        journal.lock();
        try {
            int size = size(targets, batch);
            Slab slab = journal.claim(size, false);
            putBatch(slab.array, slab.used, targets, batch);
            return added(journal.commit(slab, size, sync), targets, batch);
        } finally {
            journal.unlock();
        }
    }

    /// @return for each batch, its first offset in each of its logs
    List<long[]> appendTogether(List<Append> parts, boolean sync) {
        journal.lock();
        try {
            int[] sizes = new int[parts.size()];
            int total = 0;
            boolean settlesOnly = true;
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = size(parts.get(i));
                total = Math.addExact(total, sizes[i]);
                settlesOnly &= parts.get(i) instanceof Append.Event;
            }
            Slab slab = journal.claim(total, settlesOnly);
            List<long[]> offsets = put(parts, sizes, slab, journal.end());
            journal.commit(slab, total, sync);
            return offsets;
        } finally {
            journal.unlock();
        }
    }

    private static List<long[]> put(List<Append> parts, int[] sizes, Slab slab, long end) {
        var offsets = new ArrayList<long[]>();
        int at = slab.used;
        for (int i = 0; i < sizes.length; i++) {
            switch (parts.get(i)) {
                case Append.Batch(List<Log> logs, RecordBatch batch) -> {
                    putBatch(slab.array, at, logs, batch);
                    offsets.add(added(end + at - slab.used, logs, batch));
                }
                case Append.Event(int machine, Bytes event) -> FrameCodec.putState(slab.array, at, machine, event);
            }
            at += sizes[i];
        }
        return offsets;
    }

    private static int size(Append part) {
        return switch (part) {
            case Append.Batch(List<Log> logs, RecordBatch batch) -> size(logs, batch);
            case Append.Event(int _, Bytes event) -> FrameCodec.bodySize(event);
        };
    }

    private static int size(List<Log> targets, RecordBatch batch) {
        targets.forEach(JournalAppends::durable);
        return targets.size() == 1 ? FrameCodec.batchSize(batch) : FrameCodec.fanoutSize(targets.size(), batch);
    }

    private static void putBatch(byte[] array, int at, List<Log> targets, RecordBatch batch) {
        if (targets.size() == 1) {
            JournaledLog log = durable(targets.getFirst());
            FrameCodec.putBatch(array, at, log.id().value(), log.end(), batch);
            return;
        }
        long[] pairs = new long[2 * targets.size()];
        for (int i = 0; i < targets.size(); i++) {
            JournaledLog log = durable(targets.get(i));
            pairs[2 * i] = log.id().value();
            pairs[2 * i + 1] = log.end();
        }
        FrameCodec.putFanout(array, at, pairs, batch);
    }

    private static long[] added(long position, List<Log> targets, RecordBatch batch) {
        long[] offsets = new long[targets.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = durable(targets.get(i)).added(position, batch);
        }
        return offsets;
    }

    private static JournaledLog durable(Log log) {
        if (log instanceof JournaledLog journaled) {
            journaled.checkNotDropped();
            return journaled;
        }
        throw new IllegalArgumentException(log.id() + " is not a durable log of this storage");
    }
}
