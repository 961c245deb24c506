package io.posthorn.log;

import io.posthorn.log.Manifest.JournalPart;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What is done behind the journal, so that nobody waits for it: preparing its next segment, sealing full ones,
/// snapshots, roll-over, deleting what is dead. One step at a time, on the background executor; each leaves a
/// manifest from which recovery finds everything.
final class Housekeeper implements JournalFlusher.Owner {
    private static final System.Logger LOGGER = System.getLogger(Housekeeper.class.getName());

    /// Bytes appended after which the free space is looked at again.
    private static final long REVIEW_EVERY = 16 << 20;

    private static final long NOTHING = Long.MAX_VALUE;

    /// Thrown out of long work when the storage is closed.
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final SegmentStore store;
    private final StorageOptions options;
    private final Executor background;
    private final SegmentedJournal journal;
    private final LogTable logs;
    private final SegmentReaders readers;
    private final ManifestKeeper manifests;
    private final SpaceGauge space;
    private final Signals signals;
    private final DataKeeper data;

    private final AtomicInteger requests = new AtomicInteger();
    private final ReentrantLock work = new ReentrantLock();
    private final List<SegmentWriter> retired = new ArrayList<>();
    private final DurableBarrier barrier;
    private @Nullable JournalFlusher flusher;
    private @Nullable Snapshots snapshots;
    private boolean snapshotDue;

    /// Created for the journal, but no manifest knows it yet.
    private @Nullable SegmentWriter created;

    private volatile @Nullable SnapshotRun snapshot;
    private volatile long reviewedAt;
    private volatile boolean stopped;

    /// Whatever lies in the segment that begins here is to be rolled over with no regard for how little it is.
    private volatile long hastened = NOTHING;

    Housekeeper(
            SegmentStore store,
            StorageOptions options,
            Executor background,
            SegmentedJournal journal,
            LogTable logs,
            LogReader reader,
            SegmentReaders readers,
            ManifestKeeper manifests,
            SpaceGauge space,
            Signals signals) {
        this.store = store;
        this.options = options;
        this.background = background;
        this.journal = journal;
        this.logs = logs;
        this.readers = readers;
        this.manifests = manifests;
        this.space = space;
        this.signals = signals;
        this.barrier = new DurableBarrier(journal);
        this.data = new DataKeeper(
                store, options, journal, logs, reader, readers, manifests, barrier, this::pause, this::request);
    }

    void serve(JournalFlusher journalFlusher) {
        flusher = journalFlusher;
    }

    void start(Snapshots machines) {
        work.lock();
        try {
            snapshots = machines;
            // Whatever was recovered is to be read no second time.
            snapshotDue = journal.end() > 0;
            reviewedAt = journal.end();
        } finally {
            work.unlock();
        }
        request();
    }

    @Override
    public void durable() {
        signals.durable();
        SnapshotRun running = snapshot;
        if (space.isLow()
                || barrier.isPassed()
                || journal.end() - reviewedAt > REVIEW_EVERY
                || (running != null && running.isComplete())) {
            reviewedAt = journal.end();
            request();
        }
    }

    @Override
    public void retired(SegmentWriter writer) {
        synchronized (retired) {
            retired.add(writer);
        }
        request();
    }

    @Override
    public void starved() {
        request();
    }

    @Override
    public void failed(Throwable cause) {
        if (journal.poison() == null) {
            var poison = new LogException.Poisoned("writing the journal failed", cause);
            journal.poison(poison);
            signals.failed(poison);
            data.endCleaning(new LogException.Unusable("the storage has failed", poison));
        }
    }

    /// Asks for a step, soon.
    void request() {
        if (requests.getAndIncrement() == 0) {
            background.execute(this::run);
        }
    }

    private void run() {
        int seen;
        do {
            seen = requests.get();
            work.lock();
            try {
                if (!stopped && journal.poison() == null) {
                    attempt();
                }
            } catch (Stopped _) {
                return;
            } catch (RuntimeException e) {
                failed(e);
            } catch (Error e) {
                // No step comes any more, and that must not go unnoticed.
                failed(e);
                throw e;
            } finally {
                work.unlock();
            }
        } while (requests.addAndGet(-seen) != 0);
    }

    /// Whatever a step does can be done again by the next one: a full disk stops publishers, and ends nothing.
    private void attempt() {
        try {
            step();
        } catch (LogException.StorageFull e) {
            if (!space.isWorkRefused()) {
                LOGGER.log(System.Logger.Level.WARNING, "no room to tend the journal; it is tried again", e);
            }
            space.workRefused(true);
            review();
        }
    }

    private void step() {
        tendJournal();
        barrier.proceed();
        finishSnapshot();
        beginSnapshot();
        rollOver();
        finishSnapshot();
        freeJournal();
        data.review();
        data.clean();
        // What was freed may be what the next segment needs, and what publishers wait for.
        tendJournal();
        space.workRefused(false);
        review();
    }

    /// Between two pieces of long work: the journal must not wait for it.
    private void pause() {
        if (stopped) {
            throw new Stopped();
        }
        tendJournal();
    }

    private void tendJournal() {
        boolean _ = prepare();
        seal();
        space.segments(segmentCount());
    }

    /// Gives the flusher its next segment, if it has none.
    ///
    /// @return whether there was room for it
    private boolean prepare() {
        JournalFlusher served = flusher;
        if (served == null || !served.needsSegment()) {
            return true;
        }
        // However many segments there are: what was accepted must reach the disk, or the snapshot that would free
        // the oldest ones waits behind it for ever. Batches are refused long before, by the gauge.
        try {
            SegmentWriter next = created == null ? create() : created;
            // Where there is no room to tell the manifest, it is the one that the next attempt takes.
            created = next;
            // Known to the manifest before its first entry, so that recovery finds it; an owner that was replaced
            // meanwhile fails here, before it has written anything there.
            var parts = new ArrayList<>(manifests.manifest().journal());
            parts.add(new JournalPart(next.id(), -1));
            manifests.update(manifest -> manifest.withJournal(parts));
            created = null;
            space.segmentRefused(false);
            SegmentWriter unused = served.prepared(next);
            if (unused != null) {
                // An engine may give less than was asked for, and then a large batch waits for a larger segment.
                unused.seal();
                removeJournal(List.of(unused.id()));
            }
            return true;
        } catch (LogException.StorageFull _) {
            space.segmentRefused(true);
            return false;
        }
    }

    private SegmentWriter create() {
        long epoch = manifests.manifest().epoch();
        return store.create(new SegmentSpec(Kind.JOURNAL, options.journalCapacity(), epoch));
    }

    private int segmentCount() {
        journal.lock();
        try {
            return journal.segments().size();
        } finally {
            journal.unlock();
        }
    }

    private void seal() {
        List<SegmentWriter> full;
        synchronized (retired) {
            full = List.copyOf(retired);
            retired.clear();
        }
        full.forEach(SegmentWriter::seal);
        snapshotDue |= !full.isEmpty();
    }

    private void beginSnapshot() {
        if (!snapshotDue || snapshot != null || snapshots == null) {
            return;
        }
        snapshotDue = false;
        SnapshotRun run = SnapshotRun.begin(journal, snapshots.machines(), this::request);
        snapshot = run;
        snapshots.begin(run);
        run.writeLogStarts(logs);
    }

    private void finishSnapshot() {
        SnapshotRun run = snapshot;
        if (run == null) {
            return;
        }
        if (run.isGivenUp()) {
            // The next one begins behind the next full segment, when it may be possible.
            snapshot = null;
        } else if (run.isComplete()) {
            manifests.update(manifest -> manifest.withSnapshot(run.position()));
            snapshot = null;
        }
    }

    private void rollOver() {
        long position;
        boolean worthwhile;
        journal.lock();
        try {
            JournalSegments segments = journal.segments();
            position = segments.last().entries().firstPosition();
            long waiting = position
                    - Math.max(segments.firstPosition(), manifests.manifest().rolledPosition());
            // The small segments that restarts leave behind are collected, not rolled over one by one.
            worthwhile = waiting >= options.journalCapacity() / 4
                    || (position > hastened && manifests.manifest().rolledPosition() <= hastened)
                    || (waiting > 0 && segments.size() > options.maxJournalSegments() / 2);
        } finally {
            journal.unlock();
        }
        if (worthwhile) {
            data.rollOver(position);
        }
    }

    /// Deletes the journal segments that neither hold live batches nor are replayed.
    private void freeJournal() {
        List<SegmentId> free;
        journal.lock();
        try {
            free = journal.segments().before(manifests.manifest().recoveryPosition());
        } finally {
            journal.unlock();
        }
        if (!free.isEmpty()) {
            removeJournal(free);
        }
    }

    private void removeJournal(List<SegmentId> free) {
        List<JournalPart> rest = manifests.manifest().journal().stream()
                .filter(part -> !free.contains(part.id()))
                .toList();
        manifests.update(manifest -> manifest.withJournal(rest));
        journal.lock();
        try {
            journal.segments().remove(free);
        } finally {
            journal.unlock();
        }
        free.forEach(readers::delete);
    }

    /// Ends the journal's segment, and rolls over what is in it.
    void closeSoon() {
        JournalFlusher served = flusher;
        if (served != null) {
            hastened = journal.lastSegmentFrom();
            served.turn();
        }
    }

    CompletableFuture<Long> clean(JournaledLog log, long to, BatchFilter filter) {
        return data.clean(log, to, filter);
    }

    /// Looks at the space that is left.
    void review() {
        space.review(journal.end() - journal.durableEnd());
    }

    /// Somebody asks how things are: also a moment to try again what had no room.
    void lookAgain() {
        review();
        JournalFlusher served = flusher;
        // Where publishers are stopped, nobody may come whose flush would ask for it.
        if (space.isLow() || (served != null && served.isStarved())) {
            request();
        }
    }

    /// Ends housekeeping and waits for the step under way, which may still append; then ends the journal, and notes in
    /// the manifest whether it was written to its end.
    void close(JournalFlusher served) {
        stopped = true;
        data.endCleaning(new LogException.Unusable("the storage is closed", null));
        work.lock();
        try {
            journal.close();
            if (drain(served)) {
                served.seal();
                seal();
                manifests.update(Manifest::closed);
            }
        } catch (LogException.StorageFull e) {
            LOGGER.log(System.Logger.Level.WARNING, "no room to note that the storage was closed in order", e);
        } finally {
            served.release();
            if (created != null) {
                created.close();
            }
            work.unlock();
        }
    }

    private boolean drain(JournalFlusher served) {
        boolean starved = served.finishTurn();
        while (starved && journal.poison() == null) {
            // Not asked whether it still needs one: its own thread may have used up the new one already.
            if (!prepare()) {
                return false;
            }
            starved = served.finishTurn();
        }
        return journal.poison() == null && journal.durableEnd() == journal.end();
    }
}
