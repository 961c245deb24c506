package io.posthorn.broker;

import java.security.SecureRandom;

/// How much a broker takes on.
///
/// @param memory bytes that it and its connections may hold together
/// @param memoryHighWater part of that at which publishers are stopped
/// @param mailboxBytes publishes that may wait in front of each shard
/// @param mostUnsynced bytes of the journal that may wait for the disk before publishes wait too
/// @param maxMessageBytes the largest body
/// @param seed of generated names
public record BrokerOptions(
        long memory, double memoryHighWater, long mailboxBytes, long mostUnsynced, int maxMessageBytes, long seed) {
    private static final long MIB = 1024 * 1024;

    /// For a heap of this size.
    public static BrokerOptions forHeap(long heap) {
        long mailboxBytes = Math.clamp(heap / 64, MIB, 16 * MIB);
        return new BrokerOptions(heap, 0.6, mailboxBytes, 4 * MIB, (int) (16 * MIB), new SecureRandom().nextLong());
    }

    /// Bytes for the keys of one pass of a compaction.
    long compactionMemory() {
        return Math.clamp(memory / 32, MIB, 128 * MIB);
    }

    public static BrokerOptions defaults() {
        return forHeap(Runtime.getRuntime().maxMemory());
    }
}
