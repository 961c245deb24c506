package io.posthorn.log;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The volatile logs, and the memory that they share: beyond the budget, the largest logs are spilled in the
/// background, all but their heads, which are read next; and the heads as well, where that is not enough.
final class VolatileLogs {
    private static final System.Logger LOGGER = System.getLogger(VolatileLogs.class.getName());

    private static final int LARGEST_ENTRY = 1 << 20;
    private static final long LARGEST_SEGMENT = 64 << 20;

    private final SegmentStore store;
    private final Executor background;
    private final long budget;
    private final long epoch;
    private final ConcurrentHashMap<LogId, VolatileLog> logs = new ConcurrentHashMap<>();
    private final AtomicLong memory = new AtomicLong();
    private final AtomicBoolean spilling = new AtomicBoolean();
    private @Nullable SpillSegment segment;
    private volatile long spillFrom;
    private volatile boolean closed;

    VolatileLogs(SegmentStore store, StorageOptions options, Executor background, long epoch) {
        this.store = store;
        this.background = background;
        this.budget = options.volatileBudget();
        this.epoch = epoch;
        this.spillFrom = budget;
    }

    Log open(LogId id) {
        VolatileLog log = logs.get(id);
        return log != null ? log : logs.computeIfAbsent(id, missing -> new VolatileLog(missing, this));
    }

    /// @return whether there was such a log
    boolean drop(LogId id) {
        VolatileLog log = logs.remove(id);
        if (log != null) {
            log.drop();
        }
        return log != null;
    }

    long memoryBytes() {
        return memory.get();
    }

    /// Before a batch is appended.
    void checkRoom() {
        if (memory.get() > 2 * budget + LARGEST_ENTRY) {
            throw new LogException.StorageFull("volatile logs cannot spill as fast as they grow");
        }
    }

    /// So many bytes came to memory, or left it. Not to be called under the lock of a log.
    void changed(long bytes) {
        if (memory.addAndGet(bytes) > spillFrom && !closed && !spilling.getAndSet(true)) {
            background.execute(this::spill);
        }
    }

    private void spill() {
        try {
            spill(true);
            if (memory.get() > budget) {
                spill(false);
            }
        } catch (RuntimeException e) {
            // Tried again when memory has grown by another part of the budget.
            spillFrom = memory.get() + budget / 8;
            LOGGER.log(System.Logger.Level.WARNING, "volatile logs could not be spilled", e);
        } finally {
            spilling.set(false);
        }
    }

    private void spill(boolean withoutHeads) {
        for (VolatileLog log : largestFirst()) {
            boolean spilled = true;
            while (spilled) {
                if (closed || memory.get() <= budget - budget / 4) {
                    return;
                }
                spilled = spillSome(log, withoutHeads);
            }
        }
    }

    private boolean spillSome(VolatileLog log, boolean withoutHead) {
        VolatileLog.Spill spill = log.spillable(LARGEST_ENTRY, withoutHead);
        if (spill.pieces().isEmpty()) {
            return false;
        }
        SpillSegment target = segmentFor(spill.size());
        log.spilled(spill.pieces(), target, target.write(spill.bytes()));
        spillFrom = budget;
        return true;
    }

    /// By their size as it is now: it changes meanwhile.
    private List<VolatileLog> largestFirst() {
        record Sized(VolatileLog log, long bytes) {}
        return logs.values().stream()
                .map(log -> new Sized(log, log.memoryBytes()))
                .sorted(Comparator.comparingLong(Sized::bytes).reversed())
                .map(Sized::log)
                .toList();
    }

    private SpillSegment segmentFor(long size) {
        SpillSegment current = segment;
        if (current != null && current.fits(size)) {
            return current;
        }
        if (current != null) {
            segment = null;
            current.finish();
        }
        long capacity = Math.max(LARGEST_SEGMENT, 2 * size);
        var spec = new SegmentStore.SegmentSpec(SegmentStore.Kind.SPILL, capacity, epoch);
        current = new SpillSegment(store, store.create(spec));
        segment = current;
        return current;
    }

    /// Called when nothing is appended or read any more. What was spilled is deleted by whoever opens the store next.
    void close() {
        closed = true;
        logs.values().forEach(VolatileLog::drop);
        logs.clear();
        if (segment != null && !spilling.getAndSet(true)) {
            segment.finish();
        }
    }
}
