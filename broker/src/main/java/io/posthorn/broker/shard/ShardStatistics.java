package io.posthorn.broker.shard;

import io.posthorn.broker.queue.Counters;

/// What a shard has counted since start, and what it holds, as of the end of its last pass.
///
/// @param mailboxBytes bytes of publishes that wait to be appended
/// @param missed messages of streams that were given up before a consumer came to them
public record ShardStatistics(
        long published,
        long publishedBatches,
        long delivered,
        long settled,
        long returned,
        long passes,
        long coldReads,
        long consumers,
        int queues,
        int quarantined,
        long mailboxBytes,
        long missed) {
    static final ShardStatistics NONE = new ShardStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    static ShardStatistics of(Counters counters, QueueTable queues, Mailbox mailbox) {
        return new ShardStatistics(
                counters.published,
                counters.publishedBatches,
                counters.delivered,
                counters.settled,
                counters.returned,
                counters.passes,
                counters.coldReads,
                counters.consumers,
                queues.size(),
                queues.quarantined(),
                mailbox.bytes(),
                counters.missed);
    }
}
