package io.posthorn.broker.shard;

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
}
