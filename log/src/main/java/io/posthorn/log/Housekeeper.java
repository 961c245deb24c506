package io.posthorn.log;

import io.posthorn.log.Manifest.JournalPart;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What is done behind the journal: preparing its next segment, sealing full ones. One step at a time, on the
/// background executor.
final class Housekeeper implements JournalFlusher.Owner {
    private final SegmentStore store;
    private final StorageOptions options;
    private final Executor background;
    private final SegmentedJournal journal;
    private final ManifestKeeper manifests;
    private final SpaceGauge space;
    private final Signals signals;
    private final AtomicInteger requests = new AtomicInteger();
    private final ReentrantLock work = new ReentrantLock();
    private final List<SegmentWriter> retired = new ArrayList<>();
    private @Nullable JournalFlusher flusher;
    private volatile boolean stopped;

    Housekeeper(
            SegmentStore store,
            StorageOptions options,
            Executor background,
            SegmentedJournal journal,
            LogTable logs,
            DataSegments data,
            SegmentReaders readers,
            ManifestKeeper manifests,
            SpaceGauge space,
            Signals signals) {
        this.store = store;
        this.options = options;
        this.background = background;
        this.journal = journal;
        this.manifests = manifests;
        this.space = space;
        this.signals = signals;
    }

    void serve(JournalFlusher journalFlusher) {
        flusher = journalFlusher;
    }

    void start(Snapshots snapshots) {
        request();
    }

    @Override
    public void durable() {
        signals.durable();
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
        var poison = new LogException.Poisoned("writing the journal failed", cause);
        journal.poison(poison);
        signals.failed(poison);
    }

    /// Asks for a step, soon.
    private void request() {
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
                    step();
                }
            } catch (RuntimeException e) {
                failed(e);
            } finally {
                work.unlock();
            }
        } while (requests.addAndGet(-seen) != 0);
    }

    private void step() {
        prepare();
        seal();
        review();
    }

    private void prepare() {
        JournalFlusher served = flusher;
        if (served == null || !served.needsSegment()) {
            return;
        }
        try {
            long epoch = manifests.manifest().epoch();
            SegmentWriter next = store.create(new SegmentSpec(Kind.JOURNAL, options.journalCapacity(), epoch));
            // Known to the manifest before its first entry: recovery finds it, and an owner that was replaced fails
            // here.
            var parts = new ArrayList<>(manifests.manifest().journal());
            parts.add(new JournalPart(next.id(), -1));
            manifests.update(manifest -> manifest.withJournal(parts));
            space.segmentRefused(false);
            served.prepared(next);
        } catch (LogException.StorageFull _) {
            space.segmentRefused(true);
        }
    }

    private void seal() {
        List<SegmentWriter> full;
        synchronized (retired) {
            full = List.copyOf(retired);
            retired.clear();
        }
        full.forEach(SegmentWriter::seal);
    }

    /// Looks at the space that is left.
    void review() {
        space.review(journal.end() - journal.durableEnd());
    }

    /// Ends housekeeping, waits for the step under way, and notes in the manifest whether the journal was written to
    /// its end.
    void close(JournalFlusher served) {
        stopped = true;
        work.lock();
        try {
            if (served.drain()) {
                seal();
                manifests.update(Manifest::closed);
            }
        } finally {
            work.unlock();
        }
    }
}
