package io.posthorn.log;

/// Puts together what is known of a storage's health.
final class StorageReport {
    private final SegmentStore store;
    private final SegmentedJournal journal;
    private final JournalFlusher flusher;
    private final DataSegments data;
    private final VolatileLogs volatileLogs;
    private final DamageReport damage;
    private final SpaceGauge space;
    private final boolean clean;
    private final long recoveredFrom;

    StorageReport(
            SegmentStore store,
            SegmentedJournal journal,
            JournalFlusher flusher,
            DataSegments data,
            VolatileLogs volatileLogs,
            DamageReport damage,
            SpaceGauge space,
            boolean clean,
            long recoveredFrom) {
        this.store = store;
        this.journal = journal;
        this.flusher = flusher;
        this.data = data;
        this.volatileLogs = volatileLogs;
        this.damage = damage;
        this.space = space;
        this.clean = clean;
        this.recoveredFrom = recoveredFrom;
    }

    StorageHealth health() {
        long liveJournal;
        long tailBytes;
        long dataBytes;
        journal.lock();
        try {
            liveJournal = journal.end() - journal.segments().firstPosition();
            tailBytes = journal.tail().bytes();
            dataBytes = data.bytes();
        } finally {
            journal.unlock();
        }
        return new StorageHealth(
                journal.appendedBytes(),
                flusher.flushes(),
                liveJournal,
                dataBytes,
                store.freeBytes(),
                store.openHandles(),
                tailBytes + volatileLogs.memoryBytes(),
                damage.tornBytes(),
                damage.damagedRanges(),
                clean,
                recoveredFrom,
                space.isLow());
    }
}
