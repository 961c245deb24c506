package io.posthorn.log;

import io.posthorn.log.Manifest.JournalPart;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.log.SegmentStore.SegmentInfo;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/// Opens a storage, step by step; a crash after any of them is repaired by the next opening.
///
/// 1. Take ownership: one epoch more in the manifest. An older owner cannot change the manifest from here on.
/// 2. Fence and seal the journal's segments. An older owner cannot write from here on.
/// 3. Replay the journal from the last complete snapshot, or from what is not rolled over, whichever is first.
/// 4. Create the segment to write to. After an unclean stop, write the last entry again: it may have been read back
///    from memory that a failing disk would lose.
/// 5. Enter the new segment into the manifest, and delete the segments that no manifest knows.
final class StorageOpening {
    private static final System.Logger LOGGER = System.getLogger(StorageOpening.class.getName());

    private final SegmentStore store;
    private final StorageOptions options;
    private final StorageThreads threads;
    private final Recovery recovery;
    private final ManifestKeeper manifests;
    private final DamageReport damage = new DamageReport();
    private final LogTable logs = new LogTable();
    private final JournalSegments segments = new JournalSegments();
    private final DataSegments data = new DataSegments();
    private final SegmentReaders readers;

    StorageOpening(
            SegmentStore store, MetaStore meta, StorageOptions options, StorageThreads threads, Recovery recovery) {
        this.store = store;
        this.options = options;
        this.threads = threads;
        this.recovery = recovery;
        this.manifests = ManifestKeeper.load(meta);
        this.readers = new SegmentReaders(store, threads.background());
    }

    JournaledStorage open() {
        boolean clean = manifests.manifest().clean();
        List<SegmentInfo> present = store.list();
        manifests.update(Manifest::owned);
        Manifest found = manifests.manifest();
        fence(found);

        var storage = new Assembly();
        var replay = new JournalReplay(store, found, logs, storage.reader, segments, damage, recovery);
        new DataRecovery(store, damage).load(found.data(), data);
        replay.run();

        SegmentWriter writer = nextWriter(replay);
        if (!clean) {
            rewriteDoubtful(replay, writer);
        }
        adopt(replay, writer);
        sweep(present);
        return storage.finish(replay, writer, clean);
    }

    private void fence(Manifest found) {
        for (JournalPart part : found.journal()) {
            try {
                SegmentStore.SealedSegment sealed = store.fenceAndSeal(part.id());
                if (sealed.tornBytes() > 0) {
                    damage.torn("journal " + part.id(), sealed.tornBytes());
                }
                for (SegmentStore.AddressRange range : sealed.damaged()) {
                    damage.damaged("journal %s, %s".formatted(part.id(), range));
                }
            } catch (LogException.Unusable e) {
                damage.damaged("journal %s is missing: %s".formatted(part.id(), e.getMessage()));
            }
        }
    }

    /// Small, so that opening does not wait for it, but with room for the entry that is to be written again.
    private SegmentWriter nextWriter(JournalReplay replay) {
        long capacity = Math.max(options.firstJournalCapacity(), 2 * replay.lastEntrySize() + 4096);
        return store.create(
                new SegmentSpec(Kind.JOURNAL, capacity, manifests.manifest().epoch()));
    }

    private void rewriteDoubtful(JournalReplay replay, SegmentWriter writer) {
        Bytes entry = replay.lastEntry();
        if (entry == null) {
            return;
        }
        if (!writer.fits(entry.length())) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the last entry is too large to be written again; its segment keeps it");
            return;
        }
        long position = FrameCodec.int64(entry, 0);
        var buffer = ByteBuffer.wrap(entry.array(), entry.offset(), entry.length());
        try {
            long address = writer.append(List.of(buffer)).toCompletableFuture().join();
            var table = new EntryTable(position);
            table.add(position, address + Group.PREAMBLE, entry.length() - Group.PREAMBLE);
            segments.add(new JournalSegments.Part(writer.id(), table));
        } catch (CompletionException e) {
            throw new LogException.Poisoned("the journal's last entry could not be made durable", e.getCause());
        }
    }

    private void adopt(JournalReplay replay, SegmentWriter writer) {
        if (segments.size() == 0 || !segments.last().id().equals(writer.id())) {
            segments.add(new JournalSegments.Part(writer.id(), new EntryTable(replay.end())));
        }
        var parts = new ArrayList<JournalPart>();
        for (JournalSegments.Part part : segments.all()) {
            parts.add(new JournalPart(part.id(), part.entries().firstPosition()));
        }
        manifests.update(manifest -> manifest.withJournal(parts));
    }

    /// Deletes what no manifest knows: segments prepared and never used, half-written data, spills. Only what was
    /// there before this owner took over: a newer owner may be creating segments right now.
    private void sweep(List<SegmentInfo> present) {
        Set<SegmentId> known = new HashSet<>();
        manifests.manifest().journal().forEach(part -> known.add(part.id()));
        manifests.manifest().data().forEach(part -> known.add(part.id()));
        for (SegmentInfo info : present) {
            if (!known.contains(info.id())) {
                threads.background().execute(() -> {
                    store.fenceAndSeal(info.id());
                    store.delete(info.id());
                });
            }
        }
    }

    /// As asked for, but at most a tenth of what the device would hold if there were nothing else on it.
    private long lowWaterMark() {
        long free = store.freeBytes();
        if (options.lowWaterMark() == 0 || free == Long.MAX_VALUE) {
            return options.lowWaterMark();
        }
        long held = store.list().stream().mapToLong(SegmentInfo::bytes).sum();
        return Math.min(options.lowWaterMark(), (free + held) / 10);
    }

    /// The parts of a storage, in the order in which they need each other.
    private final class Assembly {
        private final Signals signals = new Signals();
        private final SpaceGauge space = new SpaceGauge(
                store::freeBytes,
                lowWaterMark(),
                options.maxJournalSegments(),
                Math.max(options.tailBudget(), 8 << 20),
                signals::spaceLow);
        private final int largestFrame =
                (int) Math.min(store.capabilities().maxEntryBytes() - 64L, options.journalCapacity() / 2);
        private final SegmentedJournal journal = new SegmentedJournal(
                threads.flusher(), new JournalTail(options.tailBudget()), segments, space, largestFrame);
        private final LogReader reader =
                new LogReader(journal, data, new ColdReader(readers, damage), new BufferReader(readers));

        JournaledStorage finish(JournalReplay replay, SegmentWriter writer, boolean clean) {
            journal.startAt(replay.end());
            var volatileLogs = new VolatileLogs(
                    store, options, threads.background(), manifests.manifest().epoch());
            var housekeeper = new Housekeeper(
                    store, options, threads.background(), journal, logs, reader, readers, manifests, space, signals);
            var flusher =
                    new JournalFlusher(journal, threads.flusher(), housekeeper, writer, options.journalCapacity());
            housekeeper.serve(flusher);
            journal.runWith(flusher::run, housekeeper::request);
            var report = new StorageReport(
                    store, journal, flusher, data, volatileLogs, damage, space, clean, replay.start());
            return new JournaledStorage(
                    journal, flusher, housekeeper, logs, reader, volatileLogs, readers, signals, report);
        }
    }
}
