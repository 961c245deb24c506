package io.posthorn.log;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The durable logs by id. Any thread.
final class LogTable {
    private final ConcurrentHashMap<LogId, JournaledLog> logs = new ConcurrentHashMap<>();

    JournaledLog open(LogId id, LogReader reader) {
        JournaledLog log = logs.get(id);
        return log != null ? log : logs.computeIfAbsent(id, missing -> new JournaledLog(missing, reader));
    }

    @Nullable
    JournaledLog get(long id) {
        return id > 0 ? logs.get(new LogId(id)) : null;
    }

    void remove(LogId id) {
        logs.remove(id);
    }

    Collection<JournaledLog> all() {
        return logs.values();
    }

    List<LogId> idsWithRecords(SegmentedJournal journal) {
        journal.lock();
        try {
            return logs.values().stream()
                    .filter(log -> log.end() > 0)
                    .map(JournaledLog::id)
                    .sorted((a, b) -> Long.compare(a.value(), b.value()))
                    .toList();
        } finally {
            journal.unlock();
        }
    }
}
