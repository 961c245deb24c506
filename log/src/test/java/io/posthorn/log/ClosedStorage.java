package io.posthorn.log;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// Stands where no storage is open yet.
final class ClosedStorage implements LogStorage {
    @Override
    public Journal journal() {
        throw new IllegalStateException("closed");
    }

    @Override
    public Log open(LogId id) {
        throw new IllegalStateException("closed");
    }

    @Override
    public Log openVolatile(LogId id) {
        throw new IllegalStateException("closed");
    }

    @Override
    public void drop(LogId id) {
        throw new IllegalStateException("closed");
    }

    @Override
    public long[] appendAll(List<Log> logs, RecordBatch batch, boolean sync) {
        throw new IllegalStateException("closed");
    }

    @Override
    public List<long[]> appendTogether(List<Append> parts, boolean sync) {
        throw new IllegalStateException("closed");
    }

    @Override
    public void atomically(boolean makesRoom, Runnable appends) {
        throw new IllegalStateException("closed");
    }

    @Override
    public int mostAtOnce() {
        throw new IllegalStateException("closed");
    }

    @Override
    public int sweep(Predicate<LogId> known) {
        throw new IllegalStateException("closed");
    }

    @Override
    public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
        throw new IllegalStateException("closed");
    }

    @Override
    public void closeSoon() {
        throw new IllegalStateException("closed");
    }

    @Override
    public void start(StorageListener listener, Snapshots snapshots) {
        throw new IllegalStateException("closed");
    }

    @Override
    public StorageHealth health() {
        throw new IllegalStateException("closed");
    }

    @Override
    public void close() {
        // It is.
    }
}
