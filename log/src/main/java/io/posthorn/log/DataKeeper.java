package io.posthorn.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
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
    private final Runnable again;
    private final ArrayDeque<DataCleaning> cleanings = new ArrayDeque<>();
    private LogException.@Nullable Unusable cleaningEnded;
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
            Runnable pause,
            Runnable again) {
        this.store = store;
        this.options = options;
        this.journal = journal;
        this.logs = logs;
        this.data = reader.data();
        this.readers = readers;
        this.manifests = manifests;
        this.barrier = barrier;
        this.pause = pause;
        this.again = again;
        this.rollOver = new RollOver(journal, logs, reader, ownFrom(options));
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

    /// Null when it failed.
    private @Nullable List<DataWriter.Written> write(Copy copy) {
        try {
            return written(copy);
        } catch (LogException.Fenced | Housekeeper.Stopped e) {
            throw e;
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "data could not be written; what it was made from is kept", e);
            return null;
        }
    }

    private List<DataWriter.Written> written(Copy copy) {
        var target = new DataWriter(
                store, options.dataCapacity(), manifests.manifest().epoch(), pause);
        try {
            copy.to(target);
            return target.finish();
        } catch (RuntimeException e) {
            target.abort();
            throw e;
        }
    }

    private static List<Manifest.DataPart> withParts(List<Manifest.DataPart> old, List<DataWriter.Written> written) {
        var parts = new ArrayList<>(old);
        written.forEach(segment -> parts.add(segment.part()));
        return parts;
    }

    /// Deletes and merges, when enough was trimmed since the last time: at most about one segment's worth is written
    /// again at once, so that the journal's roll-over never waits long behind it.
    void review() {
        if (barrier.isWaiting() || (!grown && !isReviewDue())) {
            return;
        }
        grown = false;
        var dead = new ArrayList<DataSegment>();
        var sparse = new ArrayList<DataSegment>();
        var small = new ArrayList<DataSegment>();
        long copied = 0;
        for (DataSegment segment : segments()) {
            long live = liveBytes(segment);
            if (live == 0) {
                dead.add(segment);
            } else if (live < segment.totalBytes() / 4) {
                if (copied < options.dataCapacity()) {
                    sparse.add(segment);
                    copied += live;
                } else {
                    grown = true;
                }
            } else if (segment.totalBytes() < ownFrom(options)) {
                small.add(segment);
            }
        }
        sparse.addAll(mergeable(small));
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
        if (grown) {
            again.run();
        }
    }

    /// Those small segments of which there are many alike.
    private List<DataSegment> mergeable(List<DataSegment> small) {
        Map<RetentionClass, List<DataSegment>> alike =
                small.stream().collect(Collectors.groupingBy(this::retention, TreeMap::new, Collectors.toList()));
        return alike.values().stream()
                .filter(segments -> segments.size() >= MERGED_AT_ONCE)
                .flatMap(List::stream)
                .toList();
    }

    /// Of one of its logs: segments are made of logs that are alike, at least when they are made.
    private RetentionClass retention(DataSegment segment) {
        return segment.logIds()
                .mapToObj(logs::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(JournaledLog::retention)
                .orElse(RetentionClass.WORK);
    }

    private static long ownFrom(StorageOptions options) {
        return options.dataCapacity() / 8;
    }

    // ---- Cleaning

    CompletableFuture<Long> clean(JournaledLog log, long to, BatchFilter filter) {
        var cleaning = new DataCleaning(log, Math.min(to, log.closedEnd()), filter);
        synchronized (cleanings) {
            if (cleaningEnded != null) {
                cleaning.result().completeExceptionally(cleaningEnded);
            } else {
                cleanings.add(cleaning);
            }
        }
        again.run();
        return cleaning.result();
    }

    /// Cleans a piece of what is to be cleaned.
    void clean() {
        DataCleaning cleaning = nextCleaning();
        if (cleaning == null || barrier.isWaiting()) {
            return;
        }
        List<DataSegment> sources = cleaning.next(holding(cleaning), options.dataCapacity());
        if (sources.isEmpty()) {
            // Whatever was trimmed and therefore not asked for must not come back either.
            barrier.await(() -> {
                end(cleaning);
                cleaning.result().complete(cleaning.to());
                again.run();
            });
            return;
        }
        List<DataWriter.Written> written;
        try {
            written = written(target -> rollOver.cleanData(sources, cleaning, target));
        } catch (LogException.Fenced | Housekeeper.Stopped e) {
            throw e;
        } catch (RuntimeException e) {
            end(cleaning);
            cleaning.result().completeExceptionally(e);
            again.run();
            return;
        }
        barrier.await(() -> {
            replace(sources, written);
            cleaning.replaced(written);
            again.run();
        });
    }

    private @Nullable DataCleaning nextCleaning() {
        synchronized (cleanings) {
            return cleanings.peek();
        }
    }

    private void end(DataCleaning cleaning) {
        synchronized (cleanings) {
            cleanings.remove(cleaning);
        }
    }

    private List<DataSegment> holding(DataCleaning cleaning) {
        journal.lock();
        try {
            return data.holding(cleaning.log().id().value(), cleaning.to());
        } finally {
            journal.unlock();
        }
    }

    /// Nothing is cleaned any more.
    void endCleaning(LogException.Unusable cause) {
        List<DataCleaning> left;
        synchronized (cleanings) {
            cleaningEnded = cause;
            left = List.copyOf(cleanings);
            cleanings.clear();
        }
        left.forEach(cleaning -> cleaning.result().completeExceptionally(cause));
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
