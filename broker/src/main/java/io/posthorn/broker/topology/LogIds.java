package io.posthorn.broker.topology;

import io.posthorn.log.LogId;

/// Two ranges of log ids. Those of durable queues are counted over restarts by the journaled topology; those
/// of other queues, whose logs live in memory, start anew with each run and never meet the first ones.
public final class LogIds {
    private static final long VOLATILE = 1L << 62;

    private LogIds() {}

    public static boolean isVolatile(LogId log) {
        return (log.value() & VOLATILE) != 0;
    }

    static LogId volatileLog(long number) {
        return new LogId(VOLATILE | number);
    }
}
