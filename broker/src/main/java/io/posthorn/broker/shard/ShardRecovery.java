package io.posthorn.broker.shard;

import io.posthorn.broker.queue.DuplicateWindow;
import io.posthorn.broker.queue.MessageRuns;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;

/// Collects what the journal says of the queues of one shard, while the storage is opened.
///
/// Events of a queue may come before the snapshot's chunk of it, which replaces them, and before anything says
/// that it exists: what is not in the topology in the end is forgotten.
public final class ShardRecovery {
    private final RecoveredQueues states;
    private final DelayRecovery delays = new DelayRecovery();

    /// @param states those of all shards
    public ShardRecovery(RecoveredQueues states) {
        this.states = states;
    }

    /// A chunk of a snapshot, or one event: both are a run of events.
    public void apply(Bytes events) {
        ShardEventCodec.read(events, this::apply);
    }

    private void apply(ShardEvent event) {
        if (LogIds.isDelayed(event.log())) {
            delays.apply(event);
            return;
        }
        if (event instanceof ShardEvent.Begun) {
            states.remove(event.log());
        }
        QueueState state = states.of(event.log());
        switch (event) {
            case ShardEvent.Settled(LogId _, OffsetRanges ranges) -> {
                for (int i = 0; i < ranges.size(); i++) {
                    state.settle(ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.Transient(LogId _, OffsetRanges ranges) -> {
                for (int i = 0; i < ranges.size(); i++) {
                    state.transients().addRange(ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.Described(LogId _, MessageRuns runs) -> state.learn(runs);
            case ShardEvent.Touched _ -> state.touch();
            case ShardEvent.Expiring _ -> state.expectExpiry();
            case ShardEvent.Appended(LogId _, long offset, long time) ->
                state.keepAppendTimes().add(offset, time);
            case ShardEvent.Begun(LogId _, boolean touched, long settledBefore) -> {
                state.begin(settledBefore);
                if (touched) {
                    state.touch();
                }
            }
            case ShardEvent.ChunkBegun(LogId _, long offset, long position, long end, long latest) ->
                state.chunks().begin(offset, position, end, latest);
            case ShardEvent.ChunkOpen(LogId _, long bytes, long latest) ->
                state.chunks().grow(bytes, latest);
            case ShardEvent.CompactedTo(LogId _, long offset) -> state.compactedTo(offset);
            case ShardEvent.RedeliveredBefore(LogId _, long offset) ->
                state.redeliveries().allBefore(offset);
            case ShardEvent.Returned(LogId _, int count, OffsetRanges ranges) -> {
                for (int i = 0; i < ranges.size(); i++) {
                    state.redeliveries().restore(count, ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.Waits(LogId _, long time, long due, OffsetRanges ranges) -> {
                state.retries().forgetUntil(time);
                for (int i = 0; i < ranges.size(); i++) {
                    state.retries().add(due, ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.Keyed(LogId _, long base, long[] hashes) ->
                state.keys().add(base, hashes);
            case ShardEvent.Seen(LogId _, DuplicateWindow ids, long from, long to) -> {
                for (long number = from; number < to; number++) {
                    state.seen().add(ids.high(number), ids.low(number), ids.time(number));
                }
            }
            case ShardEvent.ProducerKnown known ->
                state.expectProducers()
                        .restore(
                                known.producer(),
                                known.epoch(),
                                known.coordinatorEpoch(),
                                known.lastAppendAt(),
                                known.transactionStart(),
                                known.batches());
            case ShardEvent.Aborted(LogId _, long producer, long first, long last, long stable) ->
                state.expectProducers().restoreAborted(producer, first, last, stable);
            case ShardEvent.InTransaction(LogId _, long producer, OffsetRanges ranges) -> {
                for (int i = 0; i < ranges.size(); i++) {
                    state.expectVoids().opened(producer, ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.Voided(LogId _, OffsetRanges ranges) -> {
                for (int i = 0; i < ranges.size(); i++) {
                    state.expectVoids().add(ranges.from(i), ranges.to(i));
                }
            }
            case ShardEvent.OfBucket _ ->
                throw new IllegalArgumentException("a bucket has the log of a queue: " + event.log());
        }
    }

    /// What is known of delayed messages.
    public DelayRecovery delays() {
        return delays;
    }
}
