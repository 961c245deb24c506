package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.Timer;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What is read for one connection while its client works on the last answer: of each partition that it reads from the
/// disk, what follows. Confined to the io thread of the connection; reading is done elsewhere.
///
/// Memory is bounded, here and over all connections: what finds no room is read when it is asked for. What
/// is not asked for in some seconds is given up, as is everything with the connection, and what does not
/// begin where the client goes on.
final class ReadAheads {
    static final int PATIENCE_MS = 5_000;

    /// What two answers have: while one is worked on, and one is on its way.
    private static final long MOST = 2L * FetchPace.NEAR_BYTES;

    private final Timer timer;
    private final Executor blocking;
    private final ReadAheadBudget budget;

    /// Partitions are the same objects as long as they are there.
    private final Map<Partition, ReadAhead> extents = new HashMap<>();

    /// Reserved for them.
    private long reserved;

    private boolean isTimed;
    private boolean isClosed;

    /// @param timer calls back on the io thread of the connection
    ReadAheads(Timer timer, Executor blocking, ReadAheadBudget budget) {
        this.timer = timer;
        this.blocking = blocking;
        this.budget = budget;
    }

    /// What is being read of this partition from this offset on, or is there already; null where that is not
    /// so. What was read from elsewhere is given up.
    @Nullable
    ReadAhead find(Partition partition, long offset, Isolation isolation) {
        ReadAhead known = extents.get(partition);
        if (known != null && !known.isFrom(offset, isolation)) {
            drop(partition);
            return null;
        }
        return known;
    }

    /// The extent goes out with an answer.
    void take(Partition partition) {
        ReadAhead known = extents.remove(partition);
        if (known != null) {
            reserved -= known.reserved();
            known.taken();
        }
    }

    void drop(Partition partition) {
        ReadAhead known = extents.remove(partition);
        if (known != null) {
            drop(known);
        }
    }

    private void drop(ReadAhead extent) {
        reserved -= extent.reserved();
        extent.drop();
    }

    /// Reads from this offset on, where there is room.
    ///
    /// @param bytes about so many at most
    /// @return whether there is room left for another one
    boolean begin(Partition partition, long offset, Isolation isolation, int bytes, ReadAhead.Source source) {
        if (isClosed || find(partition, offset, isolation) != null) {
            return !isClosed;
        }
        if (reserved + bytes > MOST || !budget.take(bytes)) {
            return false;
        }
        reserved += bytes;
        var extent = new ReadAhead(offset, isolation, bytes, budget);
        extents.put(partition, extent);
        blocking.execute(() -> extent.run(source));
        if (!isTimed) {
            isTimed = true;
            timer.after(PATIENCE_MS, this::age);
        }
        return reserved < MOST;
    }

    private void age() {
        isTimed = false;
        for (Iterator<ReadAhead> each = extents.values().iterator(); each.hasNext(); ) {
            ReadAhead extent = each.next();
            if (extent.ages()) {
                each.remove();
                drop(extent);
            }
        }
        if (!extents.isEmpty() && !isClosed) {
            isTimed = true;
            timer.after(PATIENCE_MS, this::age);
        }
    }

    /// The connection has ended.
    void close() {
        isClosed = true;
        extents.values().forEach(this::drop);
        extents.clear();
    }
}
