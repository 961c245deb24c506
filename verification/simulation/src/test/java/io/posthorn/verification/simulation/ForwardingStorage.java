package io.posthorn.verification.simulation;

import io.posthorn.log.Append;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.ForwardingLog;
import io.posthorn.log.Journal;
import io.posthorn.log.Log;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageHealth;
import io.posthorn.log.StorageListener;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// A storage that does as another does. Planted bugs begin here.
class ForwardingStorage implements LogStorage {
    final LogStorage storage;

    ForwardingStorage(LogStorage storage) {
        this.storage = storage;
    }

    /// What is given out for an open log; planted bugs in logs begin here.
    Log opened(Log log) {
        return log;
    }

    @Override
    public Journal journal() {
        return storage.journal();
    }

    @Override
    public Log open(LogId id) {
        return opened(storage.open(id));
    }

    @Override
    public Log openVolatile(LogId id) {
        return storage.openVolatile(id);
    }

    @Override
    public void drop(LogId id) {
        storage.drop(id);
    }

    @Override
    public long[] appendAll(List<Log> logs, RecordBatch batch, boolean sync) {
        return storage.appendAll(inner(logs), batch, sync);
    }

    @Override
    public List<long[]> appendTogether(List<Append> parts, boolean sync) {
        List<Append> inner = parts.stream()
                .<Append>map(part -> switch (part) {
                    case Append.Batch(List<Log> logs, RecordBatch batch) -> new Append.Batch(inner(logs), batch);
                    case Append.Event event -> event;
                })
                .toList();
        return storage.appendTogether(inner, sync);
    }

    @Override
    public void atomically(boolean makesRoom, Runnable appends) {
        storage.atomically(makesRoom, appends);
    }

    private static List<Log> inner(List<Log> logs) {
        return logs.stream()
                .map(log -> log instanceof OpenLog open ? open.inner() : log)
                .toList();
    }

    @Override
    public int mostAtOnce() {
        return storage.mostAtOnce();
    }

    @Override
    public int sweep(Predicate<LogId> known) {
        return storage.sweep(known);
    }

    @Override
    public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
        return storage.clean(id, to, filter);
    }

    @Override
    public void closeSoon() {
        storage.closeSoon();
    }

    @Override
    public void start(StorageListener listener, Snapshots snapshots) {
        storage.start(listener, snapshots);
    }

    @Override
    public StorageHealth health() {
        return storage.health();
    }

    @Override
    public void close() {
        storage.close();
    }

    static class ForwardingJournal implements Journal {
        final Journal journal;

        ForwardingJournal(Journal journal) {
            this.journal = journal;
        }

        @Override
        public long end() {
            return journal.end();
        }

        @Override
        public long durableEnd() {
            return journal.durableEnd();
        }

        @Override
        public long append(int machine, Bytes event, boolean sync) {
            return journal.append(machine, event, sync);
        }

        @Override
        public void requestSync() {
            journal.requestSync();
        }

        @Override
        public void requestSync(long position) {
            journal.requestSync(position);
        }
    }

    /// An open log that this storage knows as its own.
    static class OpenLog extends ForwardingLog {
        OpenLog(Log log) {
            super(log);
        }

        private Log inner() {
            return log;
        }
    }
}
