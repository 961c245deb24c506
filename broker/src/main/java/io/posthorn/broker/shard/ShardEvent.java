package io.posthorn.broker.shard;

import io.posthorn.broker.delay.Span;
import io.posthorn.broker.queue.DuplicateWindow;
import io.posthorn.broker.queue.MessageRuns;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.log.LogId;

/// What the journal keeps of the queues of a shard, beside their messages. A snapshot is written as such
/// events too.
sealed interface ShardEvent {
    LogId log();

    /// Messages left the queue.
    record Settled(LogId log, OffsetRanges ranges) implements ShardEvent {}

    /// Messages that came in and that a restart drops.
    record Transient(LogId log, OffsetRanges ranges) implements ShardEvent {}

    /// What a queue must know of messages that its log takes next.
    record Described(LogId log, MessageRuns runs) implements ShardEvent {}

    /// From now on somebody may take messages of the queue.
    record Touched(LogId log) implements ShardEvent {}

    /// From now on messages of the queue may have times of their own.
    record Expiring(LogId log) implements ShardEvent {}

    /// What is appended from this offset on was appended then, or later.
    record Appended(LogId log, long offset, long time) implements ShardEvent {}

    /// Begins the state of a queue in a snapshot: forget what was known of it.
    ///
    /// @param settledBefore everything before is settled
    record Begun(LogId log, boolean touched, long settledBefore) implements ShardEvent {}

    /// Everything before this offset may have been delivered before the last unclean stop.
    record RedeliveredBefore(LogId log, long offset) implements ShardEvent {}

    /// A log that is kept began a chunk at this offset, with so many bytes before it; the last message of the chunk
    /// before was appended at `previousEnd`, and its greatest timestamp was `previousLatest`.
    record ChunkBegun(LogId log, long offset, long position, long previousEnd, long previousLatest)
            implements ShardEvent {}

    /// In a snapshot: what the last chunk has.
    record ChunkOpen(LogId log, long bytes, long latest) implements ShardEvent {}

    /// A log is compacted up to this offset.
    record CompactedTo(LogId log, long offset) implements ShardEvent {}

    /// Messages that came back at least `count` times: written when they do where that counts, at a clean stop and in
    /// a snapshot.
    record Returned(LogId log, int count, OffsetRanges ranges) implements ShardEvent {}

    /// Messages that came back are not ready before `due`. What was due by `time` does not wait any more.
    record Waits(LogId log, long time, long due, OffsetRanges ranges) implements ShardEvent {}

    /// The keys of messages that follow each other, hashed.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Keyed(LogId log, long base, long[] hashes) implements ShardEvent {}

    /// Ids of messages that came in, from one number to before another in a window. Replayed as often as one likes.
    record Seen(LogId log, DuplicateWindow ids, long from, long to) implements ShardEvent {}

    /// In a snapshot: a producer that numbers its batches.
    ///
    /// @param transactionStart -1 without an open transaction
    /// @param batches its last: of each last offset, last sequence and distance of the first
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ProducerKnown(
            LogId log,
            long producer,
            short epoch,
            int coordinatorEpoch,
            long lastAppendAt,
            long transactionStart,
            long[] batches)
            implements ShardEvent {}

    /// In a snapshot: a transaction that was aborted.
    ///
    /// @param stable the first offset that a transaction which ends later can have
    record Aborted(LogId log, long producer, long first, long last, long stable) implements ShardEvent {}

    /// In a snapshot: records of a transaction that is open.
    record InTransaction(LogId log, long producer, OffsetRanges ranges) implements ShardEvent {}

    /// In a snapshot: what nobody gets, and is settled once that is durable.
    record Voided(LogId log, OffsetRanges ranges) implements ShardEvent {}

    /// Of delayed messages, not of a queue.
    sealed interface OfBucket extends ShardEvent {}

    /// There is a bucket of delayed messages from now on. Also begins its state in a snapshot: forget what was known
    /// of it.
    ///
    /// @param exchange the id of the exchange at which its messages wait
    record DelayBegun(LogId log, LogId exchange, Span span) implements OfBucket {}

    /// The bucket, if there was one, is no more, and its log's id is used up, as are those with lower numbers.
    record DelayEnded(LogId log) implements OfBucket {}
}
