package io.posthorn.broker.queue;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.log.compaction.CompactionRules;
import org.jspecify.annotations.Nullable;

/// What a queue needs of the shard it lives in. Called on the queue's thread.
public interface Surroundings {
    /// There may be something to dispatch: call [Queue#dispatch] in this pass.
    void activate(Queue queue);

    /// Messages were settled: call [Queue#recordSettled] in this pass.
    void settled(Queue queue);

    /// For the first time somebody may take messages: make that durable, then call [Queue#touchIsDurable].
    ///
    /// @throws io.posthorn.log.LogException when that cannot be written
    void touch(Queue queue);

    /// Why what is not durable yet never will be; null while it may.
    @Nullable
    BrokerException neverDurable();

    /// The consumer got a delivery: call [Consumer#flush] at the end of this pass.
    void flushLater(Consumer consumer);

    /// Reads from a cold log on a thread that may wait, and comes back with [RecordReader#loaded].
    void readCold(Queue queue, RecordReader reader, long offset, int maxBytes);

    /// Fills a read on a thread that may wait, and comes back with [ScatteredRead#done].
    void readScattered(Queue queue, ScatteredRead read);

    /// Wall time in milliseconds since the epoch, the same during a pass.
    long now();

    /// Calls [Queue#woken] at that time, or as soon as possible after it; an earlier wish for the same queue comes
    /// first and is for both.
    void wakeAt(Queue queue, long millis);

    /// A log that is kept has begun a new chunk: keep that over a restart. Nobody waits for it, and nothing breaks
    /// without it.
    void chunkBegun(Queue queue, long offset, long position, long previousEnd, long previousLatest);

    /// Compacts what is in the log of a partition, and comes back with [Queue#compacted].
    ///
    /// @param from where the last one has ended
    /// @param to where this one ends at the latest
    void compact(Queue queue, long from, long to, CompactionRules rules);

    /// What is in the partition's log is to be closed soon, so that it can be compacted. May be passed over when
    /// somebody has asked a moment ago.
    void closeSoon();

    /// A log is compacted up to an offset: keep that over a restart. Nobody waits for it, and without it the next one
    /// has more to do.
    void compactedTo(Queue queue, long offset);

    /// It is known, or known better, when the queue's messages were appended: keep that over a restart. Nobody waits
    /// for it.
    void timesKnown(Queue queue);

    /// Nobody has used the queue for as long as it was to live: delete it.
    void unused(Queue queue);

    /// A way out for what this queue gives up; see [Queue#forwarded].
    Forwards forwards(Queue queue);

    MessageDecoder decoder();

    /// Opens what was compressed.
    BatchOpener opener();

    MemoryBudget memory();

    Counters counters();
}
