package io.posthorn.broker.shard;

import io.posthorn.broker.producer.AbortedTransactions;
import io.posthorn.broker.producer.Producer;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.queue.AppendTimes;
import io.posthorn.broker.queue.DelayedRetries;
import io.posthorn.broker.queue.MessageRuns;
import io.posthorn.broker.queue.MessageTable;
import io.posthorn.broker.queue.NewReturns;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.OffsetSet;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.Redeliveries;
import io.posthorn.broker.queue.StreamChunks;
import io.posthorn.broker.queue.Voids;
import io.posthorn.log.LogId;
import java.util.List;
import java.util.function.Consumer;

/// The state of a queue as events, for snapshots and for a clean stop.
final class StateEvents {
    private static final int RANGES_PER_EVENT = 10_000;

    private StateEvents() {}

    /// Which of the queue's messages may have been delivered before.
    static void writeRedeliveries(Queue queue, EventSink events) {
        Redeliveries redeliveries = queue.state().redeliveries();
        LogId log = queue.log().id();
        if (redeliveries.before() > queue.state().settlements().before()) {
            events.write(new ShardEvent.RedeliveredBefore(log, redeliveries.before()));
        }
        List<OffsetSet> levels = redeliveries.levels();
        for (int i = 0; i < levels.size(); i++) {
            int count = i + 1;
            pieces(levels.get(i), ranges -> events.write(new ShardEvent.Returned(log, count, ranges)));
        }
    }

    /// What came back to the queue and what was settled since that was last written, in this order: what came back
    /// first may be settled by now.
    static void writeNews(Queue queue, long now, EventSink events) {
        LogId log = queue.log().id();
        NewReturns returns = queue.newReturns();
        if (returns != null) {
            returns.byCount().forEach((count, ranges) -> events.write(new ShardEvent.Returned(log, count, ranges)));
            returns.byDue().forEach((due, ranges) -> events.write(new ShardEvent.Waits(log, now, due, ranges)));
        }
        if (!queue.newlySettled().isEmpty()) {
            events.write(new ShardEvent.Settled(log, queue.newlySettled()));
        }
    }

    /// Which of the queue's messages came back and wait, for a snapshot.
    static void writeWaiting(Queue queue, EventSink events) {
        DelayedRetries waiting = queue.state().retries();
        for (int i = 0; i < waiting.size(); i++) {
            var range = new OffsetRanges();
            range.add(waiting.from(i), waiting.to(i));
            events.write(new ShardEvent.Waits(queue.log().id(), 0, waiting.due(i), range));
        }
    }

    /// Until when the queue's messages are to go out, as far as the log itself does not tell.
    static void writeTimes(Queue queue, EventSink events) {
        if (queue.state().mayExpire()) {
            events.write(new ShardEvent.Expiring(queue.log().id()));
        }
        AppendTimes times = queue.state().appendTimes();
        for (int i = 0; times != null && i < times.size(); i++) {
            events.write(new ShardEvent.Appended(queue.log().id(), times.offset(i), times.time(i)));
        }
    }

    /// Which of the queue's messages a restart drops.
    static void writeTransients(Queue queue, EventSink events) {
        LogId log = queue.log().id();
        pieces(queue.state().transients(), ranges -> events.write(new ShardEvent.Transient(log, ranges)));
    }

    /// What the queue knows of its messages, from `start` on, in about so many runs.
    ///
    /// @return where to go on, or [OffsetSet#NONE] when there is no more
    static long writeMessages(Queue queue, long start, int most, EventSink events) {
        MessageTable messages = queue.state().messages();
        if (messages == null) {
            return OffsetSet.NONE;
        }
        var runs = new MessageRuns();
        long next = messages.collect(start, most, runs);
        if (!runs.isEmpty()) {
            events.write(new ShardEvent.Described(queue.log().id(), runs));
        }
        return next;
    }

    /// What is known of a stream's past.
    static void writeChunks(Queue queue, EventSink events) {
        if (queue.state().compactedTo() > 0) {
            events.write(
                    new ShardEvent.CompactedTo(queue.log().id(), queue.state().compactedTo()));
        }
        if (!queue.state().hasChunks()) {
            return;
        }
        StreamChunks chunks = queue.state().chunks();
        for (int i = 0; i < chunks.size(); i++) {
            long end = i == 0 ? 0 : chunks.end(i - 1);
            long latest = i == 0 ? -1 : chunks.latest(i - 1);
            events.write(
                    new ShardEvent.ChunkBegun(queue.log().id(), chunks.offset(i), chunks.position(i), end, latest));
        }
        if (chunks.size() > 0) {
            events.write(
                    new ShardEvent.ChunkOpen(queue.log().id(), chunks.openBytes(), chunks.latest(chunks.size() - 1)));
        }
    }

    /// Who numbers the queue's batches, and their transactions.
    static void writeProducers(Queue queue, EventSink events) {
        Producers producers = queue.state().producers();
        if (producers == null) {
            return;
        }
        LogId log = queue.log().id();
        AbortedTransactions aborted = producers.aborted();
        for (int i = 0; i < aborted.size(); i++) {
            events.write(new ShardEvent.Aborted(
                    log, aborted.producer(i), aborted.first(i), aborted.last(i), aborted.stable(i)));
        }
        producers.forEach(each -> events.write(new ShardEvent.ProducerKnown(
                log,
                each.id(),
                each.epoch(),
                each.coordinatorEpoch(),
                each.lastAppendAt(),
                each.transactionStart(),
                batchesOf(each))));
    }

    private static long[] batchesOf(Producer producer) {
        long[] batches = new long[3 * producer.batches()];
        for (int i = 0; i < producer.batches(); i++) {
            batches[3 * i] = producer.lastOffset(i);
            batches[3 * i + 1] = producer.lastSequence(i);
            batches[3 * i + 2] = producer.offsetDelta(i);
        }
        return batches;
    }

    /// What nobody gets of the queue.
    static void writeVoids(Queue queue, EventSink events) {
        Voids voids = queue.state().voids();
        if (voids == null) {
            return;
        }
        LogId log = queue.log().id();
        voids.open()
                .forEach((producer, records) ->
                        pieces(records, ranges -> events.write(new ShardEvent.InTransaction(log, producer, ranges))));
        pieces(voids.pending(), ranges -> events.write(new ShardEvent.Voided(log, ranges)));
    }

    /// All ranges of a set, as many at a time as one event may well hold.
    private static void pieces(OffsetSet set, Consumer<OffsetRanges> piece) {
        for (long next = set.first(); next != OffsetSet.NONE; ) {
            var ranges = new OffsetRanges();
            next = collect(set, next, RANGES_PER_EVENT, ranges);
            piece.accept(ranges);
        }
    }

    /// Adds the ranges of a set to a list, from `start` on and at most so many.
    ///
    /// @return where to go on, or [OffsetSet#NONE] when there are no more
    static long collect(OffsetSet set, long start, int most, OffsetRanges ranges) {
        long from = set.firstFrom(start);
        for (int i = 0; i < most && from != OffsetSet.NONE; i++) {
            long to = set.firstAbsentFrom(from);
            ranges.add(from, to);
            from = set.firstFrom(to);
        }
        return from;
    }
}
