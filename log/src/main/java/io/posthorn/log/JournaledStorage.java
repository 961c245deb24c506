package io.posthorn.log;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// All logs of one broker over one journal: see the package for the classes that do the work.
public final class JournaledStorage implements LogStorage {
    private final SegmentedJournal journal;
    private final JournalAppends appends;
    private final JournalFlusher flusher;
    private final Housekeeper housekeeper;
    private final LogTable logs;
    private final LogReader reader;
    private final VolatileLogs volatileLogs;
    private final SegmentReaders readers;
    private final Signals signals;
    private final StorageReport report;
    private final AtomicBoolean closed = new AtomicBoolean();

    JournaledStorage(
            SegmentedJournal journal,
            JournalFlusher flusher,
            Housekeeper housekeeper,
            LogTable logs,
            LogReader reader,
            VolatileLogs volatileLogs,
            SegmentReaders readers,
            Signals signals,
            StorageReport report) {
        this.journal = journal;
        this.appends = new JournalAppends(journal);
        this.flusher = flusher;
        this.housekeeper = housekeeper;
        this.logs = logs;
        this.reader = reader;
        this.volatileLogs = volatileLogs;
        this.readers = readers;
        this.signals = signals;
        this.report = report;
    }

    /// Opens what is stored, or begins anew: fences every older owner, gives the state machines their events, and
    /// returns when everything recovered is durable. Blocks. Damage in the data is reported, and never a reason not
    /// to open.
    ///
    /// @throws LogException.Unusable when a newer program has written here, or the manifest is unreadable
    /// @throws LogException.Fenced when a newer owner has taken over meanwhile
    public static JournaledStorage open(
            SegmentStore store, MetaStore meta, StorageOptions options, StorageThreads threads, Recovery recovery) {
        return new StorageOpening(store, meta, options, threads, recovery).open();
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Log open(LogId id) {
        return logs.open(id, reader);
    }

    @Override
    public Log openVolatile(LogId id) {
        return volatileLogs.open(id);
    }

    @Override
    public void drop(LogId id) {
        if (volatileLogs.drop(id)) {
            return;
        }
        JournaledLog log = logs.get(id.value());
        if (log == null) {
            return;
        }
        journal.lock();
        try {
            // A log that never had a record has left no trace to be wiped.
            if (log.end() > 0) {
                Slab slab = journal.claim(FrameCodec.HEADER_SIZE, true);
                FrameCodec.putDrop(slab.array, slab.used, id.value());
                journal.commit(slab, FrameCodec.HEADER_SIZE, false);
                log.releaseClosed(log.end());
            }
            logs.remove(id);
            log.dropped();
        } finally {
            journal.unlock();
        }
    }

    @Override
    public long[] appendAll(List<Log> targets, RecordBatch batch, boolean sync) {
        return appends.append(targets, batch, sync);
    }

    @Override
    public List<long[]> appendTogether(List<Append> parts, boolean sync) {
        return appends.appendTogether(parts, sync);
    }

    @Override
    public void atomically(boolean makesRoom, Runnable appends) {
        journal.atomically(makesRoom, appends);
    }

    @Override
    public int mostAtOnce() {
        return journal.mostAtOnce();
    }

    @Override
    public int sweep(Predicate<LogId> known) {
        List<LogId> orphans =
                logs.idsWithRecords(journal).stream().filter(known.negate()).toList();
        orphans.forEach(this::drop);
        return orphans.size();
    }

    @Override
    public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
        JournaledLog log = logs.get(id.value());
        return log == null ? CompletableFuture.completedFuture(0L) : housekeeper.clean(log, to, filter);
    }

    @Override
    public void closeSoon() {
        housekeeper.closeSoon();
    }

    @Override
    public void start(StorageListener listener, Snapshots snapshots) {
        signals.start(listener);
        housekeeper.start(snapshots);
    }

    @Override
    public StorageHealth health() {
        housekeeper.lookAgain();
        return report.health();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        housekeeper.close(flusher);
        volatileLogs.close();
        readers.close();
    }
}
