package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.compaction.BatchCompression;
import io.posthorn.log.compaction.Compaction;
import io.posthorn.log.compaction.CompactionRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Compacts the logs of all shards, one after the other, so that only one table of keys is held at a time.
/// Thread-safe; what blocks does so on threads that may wait.
public final class Compactor {
    private static final Logger LOG = System.getLogger(Compactor.class.getName());

    /// It takes a segment of the journal and a snapshot of everything.
    private static final long BETWEEN_CLOSINGS = 5_000;

    private final LogStorage storage;
    private final Executor blocking;
    private final BatchCompression compression;
    private final long memory;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private boolean busy;
    private long closedAt = Long.MIN_VALUE;

    /// @param memory bytes for the keys of one pass
    public Compactor(LogStorage storage, Executor blocking, BatchOpener opener, long memory) {
        this.storage = storage;
        this.blocking = blocking;
        this.compression = new Opening(opener);
        this.memory = memory;
    }

    private record Task(Log log, long from, long to, CompactionRules rules, LongConsumer done) {}

    /// Makes one pass over a log.
    ///
    /// @param from where the passes before have ended
    /// @param done hears how far this one went, on any thread; -1 when it failed
    void compact(Log log, long from, long to, CompactionRules rules, LongConsumer done) {
        synchronized (this) {
            waiting.add(new Task(log, from, to, rules, done));
        }
        proceed();
    }

    /// Has the storage close what is in the journal, unless it was asked to a moment ago: whoever finds their records
    /// open still asks again.
    void closeSoon(long now) {
        synchronized (this) {
            if (closedAt != Long.MIN_VALUE && now - closedAt < BETWEEN_CLOSINGS) {
                return;
            }
            closedAt = now;
        }
        storage.closeSoon();
    }

    private void proceed() {
        Task next = next();
        if (next != null) {
            blocking.execute(() -> run(next));
        }
    }

    private synchronized @Nullable Task next() {
        if (busy || waiting.isEmpty()) {
            return null;
        }
        busy = true;
        return waiting.remove();
    }

    private void run(Task task) {
        try {
            var pass = Compaction.prepare(task.log(), task.from(), task.to(), task.rules(), compression, memory);
            var _ = storage.clean(task.log().id(), pass.end(), pass)
                    .whenComplete((_, failure) -> ended(task, failure == null ? pass.end() : -1, failure));
        } catch (RuntimeException e) {
            // Whatever a record has done to whoever reads it: the logs behind this one have their turn.
            ended(task, -1, e);
        }
    }

    private void ended(Task task, long end, @Nullable Throwable failure) {
        if (failure != null) {
            // Of a storage that has ended nobody expects anything.
            Level level = failure instanceof LogException.Unusable ? Level.DEBUG : Level.WARNING;
            LOG.log(level, task.log().id() + " could not be compacted; it keeps what it has", failure);
        }
        synchronized (this) {
            busy = false;
        }
        task.done().accept(end);
        proceed();
    }

    /// What cannot be opened ends a pass: nobody knows which keys are in it.
    private record Opening(BatchOpener opener) implements BatchCompression {
        @Override
        public RecordBatch open(RecordBatch batch) {
            RecordBatch open = opener.open(batch);
            if (open == null) {
                throw new IllegalArgumentException(batch + " cannot be opened");
            }
            return open;
        }

        @Override
        public RecordBatch compress(RecordBatch batch, int compression) {
            return opener.compress(batch, compression);
        }
    }
}
