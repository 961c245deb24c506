package io.posthorn.broker.shard;

import io.posthorn.broker.delay.BucketState;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects what the journal says of the delayed messages of one shard, while the storage is opened.
public final class DelayRecovery {
    private final Map<LogId, BucketState> buckets = new HashMap<>();
    private final Map<LogId, LogId> exchanges = new HashMap<>();
    private long lastNumber;

    void apply(ShardEvent event) {
        LogId log = event.log();
        lastNumber = Math.max(lastNumber, LogIds.delayedNumber(log));
        switch (event) {
            case ShardEvent.OfBucket ofBucket -> apply(ofBucket);
            case ShardEvent.Settled(LogId _, OffsetRanges ranges) -> settle(buckets.get(log), ranges);
            default -> throw new IllegalArgumentException("a queue has the log of a bucket: " + log);
        }
    }

    private void apply(ShardEvent.OfBucket event) {
        switch (event) {
            case ShardEvent.DelayBegun(LogId log, LogId exchange, var span) -> {
                buckets.put(log, new BucketState(log, span));
                exchanges.put(log, exchange);
            }
            case ShardEvent.DelayEnded(LogId log) -> {
                buckets.remove(log);
                exchanges.remove(log);
            }
        }
    }

    /// What was settled before a snapshot tells of the bucket is in the snapshot too.
    private static void settle(@Nullable BucketState bucket, OffsetRanges ranges) {
        if (bucket != null) {
            for (int i = 0; i < ranges.size(); i++) {
                bucket.settlements().add(ranges.from(i), ranges.to(i));
            }
        }
    }

    /// The highest number that a log of a bucket ever had.
    long lastNumber() {
        return lastNumber;
    }

    /// The buckets of an exchange.
    public List<BucketState> bucketsOf(DelayEntry exchange) {
        var found = new ArrayList<BucketState>();
        exchanges.forEach((log, of) -> {
            if (of.equals(exchange.id())) {
                found.add(buckets.get(log));
            }
        });
        return found;
    }
}
