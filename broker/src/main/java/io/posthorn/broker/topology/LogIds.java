package io.posthorn.broker.topology;

import io.posthorn.log.LogId;

/// Ranges of log ids. Those of durable queues are counted over restarts by the journaled topology; those of other
/// queues, whose logs live in memory, start anew with each run and never meet the first ones. Those of delayed
/// messages are counted by each shard for itself.
public final class LogIds {
    private static final long VOLATILE = 1L << 62;
    private static final long DELAYED = 1L << 61;
    private static final int SHARD_AT = 40;
    private static final long DELAYED_NUMBER = (1L << 36) - 1;

    private LogIds() {}

    public static boolean isVolatile(LogId log) {
        return (log.value() & VOLATILE) != 0;
    }

    static LogId volatileLog(long number) {
        return new LogId(VOLATILE | number);
    }

    /// Whether delayed messages lie in the log.
    public static boolean isDelayed(LogId log) {
        return (log.value() & DELAYED) != 0;
    }

    /// @param machine of the shard
    /// @param number counted by the shard
    public static LogId delayedLog(int machine, long number, boolean durable) {
        return new LogId((durable ? 0 : VOLATILE) | DELAYED | (long) machine << SHARD_AT | number);
    }

    /// What the shard has counted.
    public static long delayedNumber(LogId log) {
        return log.value() & DELAYED_NUMBER;
    }
}
