package io.posthorn.broker.queue;

import io.posthorn.broker.producer.Producers;
import io.posthorn.log.RecordBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Which offsets of a work queue never will be messages for anybody: markers, and what came in transactions that were
/// aborted. They are settled as soon as that is durable, so that nobody who takes messages meets them.
///
/// Of open transactions it is noted where their records are; that is forgotten when they are committed.
public final class Voids {
    private final Map<Long, OffsetSet> open = new HashMap<>();
    private final OffsetSet pending = new OffsetSet();

    public boolean isEmpty() {
        return open.isEmpty() && pending.isEmpty();
    }

    /// Records came in a transaction.
    public void opened(long producer, long from, long to) {
        open.computeIfAbsent(producer, _ -> new OffsetSet()).addRange(from, to);
    }

    /// @param ended what it says of its producer's transaction
    void appended(long base, RecordBatch batch, Producers.End ended) {
        long end = base + batch.offsetCount();
        if (batch.isControl()) {
            add(base, end);
        } else {
            opened(batch.producerId(), base, end);
        }
        if (ended != Producers.End.NONE) {
            ended(batch.producerId(), ended == Producers.End.ABORTED);
        }
    }

    private void ended(long producer, boolean aborted) {
        OffsetSet records = open.remove(producer);
        if (records == null || !aborted) {
            return;
        }
        for (long from = records.first(); from != OffsetSet.NONE; ) {
            long to = records.firstAbsentFrom(from);
            pending.addRange(from, to);
            from = records.firstFrom(to);
        }
    }

    /// Nobody will ever get these.
    public void add(long from, long to) {
        pending.addRange(from, to);
    }

    /// Takes out what lies before `end`.
    OffsetRanges drainBefore(long end) {
        var drained = new OffsetRanges();
        for (long from = pending.first(); from != OffsetSet.NONE && from < end; from = pending.first()) {
            long to = Math.min(pending.firstAbsentFrom(from), end);
            pending.removeRange(from, to);
            drained.add(from, to);
        }
        return drained;
    }

    /// What is to be settled when it is durable.
    public OffsetSet pending() {
        return pending;
    }

    /// The records of open transactions, by producer.
    public Map<Long, OffsetSet> open() {
        return new TreeMap<>(open);
    }
}
