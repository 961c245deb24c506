package io.posthorn.broker.shard;

import io.posthorn.broker.delay.Bucket;
import io.posthorn.broker.delay.Span;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.OffsetSet;
import io.posthorn.broker.queue.Settlements;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a snapshot tells of delayed messages: which buckets there are, and what is settled in each.
final class DelaySlices {
    private static final int RANGES_PER_EVENT = 10_000;

    private final int machine;
    private final long lastNumber;
    private final Iterator<Known> rest;
    private @Nullable Bucket current;
    private long nextSettled;
    private boolean begun;

    private record Known(LogId exchange, Bucket bucket) {}

    /// Buckets that come later need no part in it: all their events follow its begin.
    DelaySlices(int machine, DelayTable delays) {
        this.machine = machine;
        this.lastNumber = delays.lastNumber();
        List<Known> known = new ArrayList<>();
        delays.forEachDurable((entry, bucket) -> known.add(new Known(entry.id(), bucket)));
        this.rest = known.iterator();
    }

    /// Writes some more.
    ///
    /// @return whether that was all
    boolean write(ShardEventCodec events, int enough) {
        if (!begun && lastNumber > 0) {
            events.write(new ShardEvent.DelayEnded(LogIds.delayedLog(machine, lastNumber, true)));
        }
        begun = true;
        while (events.size() < enough) {
            if (current != null) {
                writeMoreSettled(current, events);
            } else if (rest.hasNext()) {
                begin(rest.next(), events);
            } else {
                return true;
            }
        }
        return false;
    }

    private void begin(Known known, ShardEventCodec events) {
        Bucket bucket = known.bucket;
        if (bucket.isClosed()) {
            return;
        }
        Settlements settlements = bucket.settlements();
        Span span = bucket.span();
        events.write(new ShardEvent.DelayBegun(bucket.id(), known.exchange, span));
        if (settlements.before() > 0) {
            var before = new OffsetRanges();
            before.add(0, settlements.before());
            events.write(new ShardEvent.Settled(bucket.id(), before));
        }
        nextSettled = settlements.above().first();
        current = nextSettled == OffsetSet.NONE ? null : bucket;
    }

    private void writeMoreSettled(Bucket bucket, ShardEventCodec events) {
        var ranges = new OffsetRanges();
        nextSettled = StateEvents.collect(bucket.settlements().above(), nextSettled, RANGES_PER_EVENT, ranges);
        if (!ranges.isEmpty() && !bucket.isClosed()) {
            events.write(new ShardEvent.Settled(bucket.id(), ranges));
        }
        if (nextSettled == OffsetSet.NONE) {
            current = null;
        }
    }
}
