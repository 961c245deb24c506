package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rolls the journal over into data segments, deletes those that are dead, and merges those that are mostly dead.
/// Confined to the housekeeper's step.
final class DataKeeper {
    private static final System.Logger LOGGER = System.getLogger(DataKeeper.class.getName());

    /// So many small segments are merged into one.
    private static final int MERGED_AT_ONCE = 8;

    private final SegmentStore store;
    private final StorageOptions options;
    private final SegmentedJournal journal;
    private final LogTable logs;
    private final DataSegments data;
    private final SegmentReaders readers;
    private final ManifestKeeper manifests;
    private final DurableBarrier barrier;
    private final Runnable pause;
    private final RollOver rollOver;
    private boolean grown;

    DataKeeper(
            SegmentStore store,
            StorageOptions options,
            SegmentedJournal journal,
            LogTable logs,
            LogReader reader,
            SegmentReaders readers,
            ManifestKeeper manifests,
            DurableBarrier barrier,
            Runnable pause) {
        this.store = store;
        this.options = options;
        this.journal = journal;
        this.logs = logs;
        this.data = reader.data();
        this.readers = readers;
        this.manifests = manifests;
        this.barrier = barrier;
        this.pause = pause;
        this.rollOver = new RollOver(journal, logs, reader);
    }

    /// What is live before `position` is in data segments afterwards. When these cannot be written, the journal
    /// keeps it, and a later step tries again.
    void rollOver(long position) {
        if (barrier.isWaiting() || position <= manifests.manifest().rolledPosition()) {
            return;
        }
        List<DataWriter.Written> written = write(target -> rollOver.copyJournal(position, target));
        if (written != null) {
            barrier.await(() -> rolledOver(position, written));
        }
    }

    private void rolledOver(long position, List<DataWriter.Written> written) {
        manifests.update(manifest ->
                manifest.withData(withParts(manifest.data(), written)).withRolledPosition(position));
        journal.lock();
        try {
            written.forEach(segment -> data.add(segment.segment()));
        } finally {
            journal.unlock();
        }
        grown = true;
        // The data segments are there already: a reader that comes in between finds the batches in either.
        for (JournaledLog log : logs.all()) {
            journal.lock();
            try {
                log.rolledOver(position);
            } finally {
                journal.unlock();
            }
        }
        count();
    }

    private interface Copy {
        void to(DataWriter target);
    }

    private @Nullable List<DataWriter.Written> write(Copy copy) {
        var target = new DataWriter(
                store, options.dataCapacity(), manifests.manifest().epoch(), pause);
        try {
            copy.to(target);
            return target.finish();
        } catch (LogException.Fenced | Housekeeper.Stopped e) {
            target.abort();
            throw e;
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "data could not be written; what it was made from is kept", e);
            target.abort();
            return null;
        }
    }

    private static List<Manifest.DataPart> withParts(List<Manifest.DataPart> old, List<DataWriter.Written> written) {
        var parts = new ArrayList<>(old);
        written.forEach(segment -> parts.add(segment.part()));
        return parts;
    }

    /// Deletes and merges, when enough was trimmed since the last time.
    void review() {
        if (barrier.isWaiting() || (!grown && !isReviewDue())) {
            return;
        }
        grown = false;
        var dead = new ArrayList<DataSegment>();
        var sparse = new ArrayList<DataSegment>();
        for (DataSegment segment : segments()) {
            long live = liveBytes(segment);
            if (live == 0) {
                dead.add(segment);
            } else if (live < segment.totalBytes() / 4) {
                sparse.add(segment);
            }
        }
        var small = new ArrayList<>(segments());
        small.removeIf(segment -> dead.contains(segment)
                || sparse.contains(segment)
                || segment.totalBytes() >= options.dataCapacity() / 4);
        if (small.size() >= MERGED_AT_ONCE) {
            sparse.addAll(small);
        }
        List<DataWriter.Written> written = List.of();
        if (!sparse.isEmpty()) {
            written = write(target -> rollOver.copyData(sparse, target));
            if (written == null) {
                return;
            }
        }
        dead.addAll(sparse);
        List<DataWriter.Written> replacement = written;
        barrier.await(() -> replace(dead, replacement));
    }

    private void replace(List<DataSegment> old, List<DataWriter.Written> replacement) {
        remove(old, replacement);
        count();
    }

    private boolean isReviewDue() {
        journal.lock();
        try {
            return data.isReviewDue();
        } finally {
            journal.unlock();
        }
    }

    private List<DataSegment> segments() {
        journal.lock();
        try {
            return data.all();
        } finally {
            journal.unlock();
        }
    }

    private long liveBytes(DataSegment segment) {
        journal.lock();
        try {
            long bytes = 0;
            for (int extent = 0; extent < segment.logs(); extent++) {
                JournaledLog log = logs.get(segment.log(extent));
                bytes += log == null ? 0 : segment.liveBytes(extent, log.start());
            }
            return bytes;
        } finally {
            journal.unlock();
        }
    }

    private void remove(List<DataSegment> old, List<DataWriter.Written> replacement) {
        if (old.isEmpty()) {
            return;
        }
        var ids = old.stream().map(DataSegment::id).toList();
        manifests.update(manifest -> manifest.withData(withParts(
                manifest.data().stream()
                        .filter(part -> !ids.contains(part.id()))
                        .toList(),
                replacement)));
        journal.lock();
        try {
            replacement.forEach(segment -> data.add(segment.segment()));
            old.forEach(data::remove);
        } finally {
            journal.unlock();
        }
        ids.forEach(readers::delete);
    }

    /// Counts the live records, against which later trims are weighed.
    private void count() {
        journal.lock();
        try {
            long records = 0;
            for (DataSegment segment : data.all()) {
                for (int extent = 0; extent < segment.logs(); extent++) {
                    JournaledLog log = logs.get(segment.log(extent));
                    records += log == null
                            ? 0
                            : Math.max(
                                    0, segment.endOffset(extent) - Math.max(log.start(), segment.firstOffset(extent)));
                }
            }
            data.reviewed(records);
        } finally {
            journal.unlock();
        }
    }
}
