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

/// The state of a queue as events, for snapshots and for a clean stop.
final class StateEvents {
    private StateEvents() {}

    /// Which of the queue's messages may have been delivered before.
    static void writeRedeliveries(Queue queue, ShardEventCodec events) {
        Redeliveries redeliveries = queue.state().redeliveries();
        LogId log = queue.log().id();
        if (redeliveries.before() > queue.state().settlements().before()) {
            events.write(new ShardEvent.RedeliveredBefore(log, redeliveries.before()));
        }
        List<OffsetSet> levels = redeliveries.levels();
        for (int i = 0; i < levels.size(); i++) {
            var ranges = new OffsetRanges();
            collect(levels.get(i), 0, Integer.MAX_VALUE, ranges);
            if (!ranges.isEmpty()) {
                events.write(new ShardEvent.Returned(log, i + 1, ranges));
            }
        }
    }

    /// What came back to the queue and what was settled since that was last written, in this order: what came back
    /// first may be settled by now.
    static void writeNews(Queue queue, long now, ShardEventCodec events) {
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
    static void writeWaiting(Queue queue, ShardEventCodec events) {
        DelayedRetries waiting = queue.state().retries();
        for (int i = 0; i < waiting.size(); i++) {
            var range = new OffsetRanges();
            range.add(waiting.from(i), waiting.to(i));
            events.write(new ShardEvent.Waits(queue.log().id(), 0, waiting.due(i), range));
        }
    }

    /// Until when the queue's messages are to go out, as far as the log itself does not tell.
    static void writeTimes(Queue queue, ShardEventCodec events) {
        if (queue.state().mayExpire()) {
            events.write(new ShardEvent.Expiring(queue.log().id()));
        }
        AppendTimes times = queue.state().appendTimes();
        for (int i = 0; times != null && i < times.size(); i++) {
            events.write(new ShardEvent.Appended(queue.log().id(), times.offset(i), times.time(i)));
        }
    }

    /// Which of the queue's messages a restart drops.
    static void writeTransients(Queue queue, ShardEventCodec events) {
        var ranges = new OffsetRanges();
        collect(queue.state().transients(), 0, Integer.MAX_VALUE, ranges);
        if (!ranges.isEmpty()) {
            events.write(new ShardEvent.Transient(queue.log().id(), ranges));
        }
    }

    /// What the queue knows of its messages, from `start` on, in about so many runs.
    ///
    /// @return where to go on, or [OffsetSet#NONE] when there is no more
    static long writeMessages(Queue queue, long start, int most, ShardEventCodec events) {
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
    static void writeChunks(Queue queue, ShardEventCodec events) {
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
    static void writeProducers(Queue queue, ShardEventCodec events) {
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
    static void writeVoids(Queue queue, ShardEventCodec events) {
        Voids voids = queue.state().voids();
        if (voids == null) {
            return;
        }
        LogId log = queue.log().id();
        voids.open().forEach((producer, records) -> {
            var ranges = new OffsetRanges();
            collect(records, 0, Integer.MAX_VALUE, ranges);
            events.write(new ShardEvent.InTransaction(log, producer, ranges));
        });
        var ranges = new OffsetRanges();
        collect(voids.pending(), 0, Integer.MAX_VALUE, ranges);
        if (!ranges.isEmpty()) {
            events.write(new ShardEvent.Voided(log, ranges));
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
