package io.posthorn.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// The volatile logs, and the memory that they share.
final class VolatileLogs {
    private final ConcurrentHashMap<LogId, VolatileLog> logs = new ConcurrentHashMap<>();
    private final AtomicLong memory = new AtomicLong();

    VolatileLogs(SegmentStore store, StorageOptions options, Executor background, long epoch) {}

    Log open(LogId id) {
        return logs.computeIfAbsent(id, missing -> new VolatileLog(missing, memory));
    }

    /// @return whether there was such a log
    boolean drop(LogId id) {
        VolatileLog log = logs.remove(id);
        if (log != null) {
            log.drop();
        }
        return log != null;
    }

    long memoryBytes() {
        return memory.get();
    }

    void close() {
        logs.clear();
    }
}
