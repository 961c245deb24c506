package io.posthorn.log;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Whether there is room: on the device, in the journal's ring, and in the memory of what is not durable yet.
///
/// Publishers are stopped (low) before batches are refused (full), and batches before anything else: settling and
/// trimming are what makes room.
final class SpaceGauge {
    private final LongSupplier freeBytes;
    private final long lowWaterMark;
    private final int maxSegments;
    private final long pendingBudget;
    private final Consumer<Boolean> onLow;

    private volatile boolean low;
    private volatile boolean full;
    private volatile boolean segmentRefused;
    private volatile boolean workRefused;
    private volatile int segments;

    /// @param pendingBudget bytes that may wait for the disk before publishers are stopped
    SpaceGauge(
            LongSupplier freeBytes, long lowWaterMark, int maxSegments, long pendingBudget, Consumer<Boolean> onLow) {
        this.freeBytes = freeBytes;
        this.lowWaterMark = lowWaterMark;
        this.maxSegments = maxSegments;
        this.pendingBudget = pendingBudget;
        this.onLow = onLow;
    }

    boolean isLow() {
        return low;
    }

    /// The number of journal segments with entries.
    void segments(int count) {
        segments = count;
    }

    /// Whether the store had no room for the journal's next segment.
    void segmentRefused(boolean refused) {
        segmentRefused = refused;
    }

    /// Whether there was no room for what the storage writes of itself.
    void workRefused(boolean refused) {
        workRefused = refused;
    }

    boolean isWorkRefused() {
        return workRefused;
    }

    /// Before a batch is appended.
    ///
    /// @param pending bytes appended and not durable yet
    void checkRoom(long pending) {
        if (full) {
            throw new LogException.StorageFull("the storage has reached its reserve");
        }
        if (pending > 4 * pendingBudget) {
            throw new LogException.StorageFull(pending + " bytes wait for the disk");
        }
    }

    /// Whether so much waits for the disk that publishers are to be stopped; they go on when half of it is gone.
    boolean isPressed(long pending) {
        return pending > (low ? pendingBudget / 2 : pendingBudget);
    }

    /// Looks at everything again, and tells when it has changed. Cheap, but may ask the file system.
    ///
    /// @param pending bytes appended and not durable yet
    void review(long pending) {
        long free = freeBytes.getAsLong();
        full = segmentRefused || workRefused || free < lowWaterMark / 2 || segments >= maxSegments;
        tell(full || free < lowWaterMark || segments >= maxSegments - 1 || isPressed(pending));
    }

    private synchronized void tell(boolean isLow) {
        if (low != isLow) {
            low = isLow;
            onLow.accept(isLow);
        }
    }
}
