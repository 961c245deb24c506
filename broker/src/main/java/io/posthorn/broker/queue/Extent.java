package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Message;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionRead;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.ReadBatches;
import io.posthorn.log.ReadMemory;
import io.posthorn.log.RecordBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a queue reaches, for everybody who asks, and what is there. The thread of its shard moves the bounds; any
/// thread reads them.
///
/// Each bound is published for itself, in an order that makes what is read together harmless: who has seen an end has
/// seen every transaction that began before it.
abstract class Extent implements LivePartition {
    private static final VarHandle START;
    private static final VarHandle HIGH_WATERMARK;
    private static final VarHandle UNSTABLE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            START = lookup.findVarHandle(Extent.class, "start", long.class);
            HIGH_WATERMARK = lookup.findVarHandle(Extent.class, "highWatermark", long.class);
            UNSTABLE = lookup.findVarHandle(Extent.class, "unstable", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Log log;

    /// The first offset that is kept.
    private long start;

    /// Everything before it is durable.
    private long highWatermark;

    /// What begins here, if anything, is of a transaction that is open, or whose end is not durable yet.
    private long unstable = Message.NEVER;

    /// Null as long as nobody has numbered his batches.
    private volatile @Nullable Producers producers;

    private boolean moved;

    Extent(Log log) {
        this.log = log;
    }

    /// What is settled may lie in the log for a while.
    @Override
    public final long bytes() {
        PartitionBounds now = bounds();
        return now.start() >= now.highWatermark() ? 0 : log.bytes();
    }

    // ---- Any thread

    @Override
    public final PartitionBounds bounds() {
        long first = (long) START.getAcquire(this);
        long end = (long) HIGH_WATERMARK.getAcquire(this);
        long open = (long) UNSTABLE.getAcquire(this);
        return new PartitionBounds(first, end, Math.max(Math.min(open, end), Math.min(first, end)));
    }

    @Override
    public final boolean isSyncing() {
        return log.bounds().end() > (long) HIGH_WATERMARK.getAcquire(this);
    }

    @Override
    public final @Nullable PartitionSlice readTail(long offset, int maxBytes, Isolation isolation) {
        PartitionBounds bounds = checked(offset);
        if (offset >= bounds.end(isolation)) {
            return CutSlice.empty(bounds);
        }
        try {
            LogSlice found = log.readTail(offset, maxBytes);
            return found == null ? null : CutSlice.of(found, bounds, isolation);
        } catch (LogException.OffsetOutOfRange _) {
            throw outOfRange(offset, bounds);
        } catch (LogException.Damaged _) {
            return null;
        }
    }

    /// What is damaged is passed over: a gap, as consumers know them. What cannot be read now is none.
    @Override
    public final PartitionSlice read(long offset, int maxBytes, Isolation isolation) {
        PartitionBounds bounds = checked(offset);
        long next = offset;
        while (next < bounds.end(isolation)) {
            try {
                return CutSlice.of(log.read(next, maxBytes), bounds, isolation);
            } catch (LogException.OffsetOutOfRange _) {
                throw outOfRange(offset, bounds);
            } catch (LogException.Unreadable e) {
                throw new BrokerException.StorageFailed("%s cannot be read: %s".formatted(this, e.getMessage()));
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            }
        }
        return CutSlice.empty(bounds);
    }

    @Override
    public final @Nullable PartitionRead readInto(long offset, int maxBytes, Isolation isolation, ReadMemory memory) {
        PartitionBounds bounds = checked(offset);
        long end = bounds.end(isolation);
        ReadBatches found = offset < end ? log.readInto(offset, maxBytes, memory) : null;
        if (found == null) {
            return null;
        }
        found.endBefore(end);
        return found.count() == 0 ? null : new PartitionRead(found, bounds);
    }

    /// What is appended and not durable yet is not there yet for anybody, but whoever appended it knows of it.
    private PartitionBounds checked(long offset) {
        PartitionBounds bounds = bounds();
        if (offset < bounds.start()
                || (offset > bounds.highWatermark() && offset > log.bounds().end())) {
            throw outOfRange(offset, bounds);
        }
        return bounds;
    }

    private BrokerException outOfRange(long offset, PartitionBounds bounds) {
        return new BrokerException.OffsetOutOfRange("offset %d is not in %s, which has those from %d to before %d"
                .formatted(offset, this, bounds.start(), bounds.highWatermark()));
    }

    @Override
    public final List<AbortedTransaction> aborted(long from, long to) {
        Producers known = producers;
        return known == null ? List.of() : known.aborted().between(from, to);
    }

    // ---- On the thread of the shard

    /// The first offset that is kept.
    public final long start() {
        return start;
    }

    final long highWatermark() {
        return highWatermark;
    }

    final void startsAt(long offset) {
        if (offset > start) {
            START.setRelease(this, offset);
            moved = true;
            Producers known = producers;
            if (known != null) {
                known.trimBefore(offset);
            }
        }
    }

    final void endsAt(long offset) {
        if (offset > highWatermark) {
            HIGH_WATERMARK.setRelease(this, offset);
            moved = true;
            Producers known = producers;
            if (known != null) {
                known.visible(offset);
                publish(known);
            }
        }
    }

    /// Those who number their batches; null when there never was one.
    final @Nullable Producers producers() {
        return producers;
    }

    /// Readers see from now on what these say of transactions. Nothing of a transaction becomes visible before.
    final void publish(Producers known) {
        if (producers == null) {
            producers = known;
        }
        long offset = known.firstUnstable();
        if (offset != unstable) {
            UNSTABLE.setRelease(this, offset);
            moved = true;
        }
    }

    /// What is before this offset is not wanted any more.
    public abstract void giveUpBefore(long offset);

    /// Where to look for the first record of this time or a later one; the end when there is none.
    public long searchFrom(long timestamp) {
        return start;
    }

    /// Where to look for the record with the greatest timestamp.
    public long searchLatestFrom() {
        return start;
    }

    /// Up to where.
    public long searchLatestTo() {
        return highWatermark;
    }

    /// Whether there is nothing in the batch, which is before [#stableEnd], for those who take messages.
    final boolean isVoid(RecordBatch batch) {
        if (!batch.isTransactional()) {
            return batch.isControl();
        }
        Producers known = producers;
        return batch.isControl() || (known != null && known.aborted().contains(batch.producerId(), batch.baseOffset()));
    }

    /// Everything before this may be shown to those who see nothing of open transactions.
    final long stableEnd() {
        return Math.min(unstable, highWatermark);
    }

    /// Whether a bound has moved since this was last asked.
    final boolean hasMoved() {
        boolean has = moved;
        moved = false;
        return has;
    }
}
