package io.posthorn.broker;

import io.posthorn.log.Append;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.Journal;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageHealth;
import io.posthorn.log.StorageListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A real, small storage in memory whose disk is moved by hand: nothing is durable before [#sync], and
/// [#crash] leaves what was. Safe for a test's few threads.
public final class FakeStorage implements LogStorage, Journal {
    private sealed interface Entry {
        record Batch(List<LogId> logs, List<Long> offsets, RecordBatch batch) implements Entry {}

        record Trim(LogId log, long before) implements Entry {}

        record Drop(LogId log) implements Entry {}

        record Clean(LogId log, long to, BatchFilter filter) implements Entry {}

        record Event(int machine, Bytes bytes) implements Entry {}

        record SnapshotBegin() implements Entry {}

        record Chunk(int machine, Bytes bytes) implements Entry {}

        record SnapshotEnd() implements Entry {}

        record Together(List<Entry> parts) implements Entry {}
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<LogId, FakeLog> logs = new HashMap<>();
    private boolean cleanlyClosed;
    private long durableEnd;
    private boolean autoSync;
    private boolean cold;
    private boolean closesWhenAsked;
    private boolean full;
    private int room = Integer.MAX_VALUE;

    /// What is being appended atomically.
    private @Nullable List<Entry> unit;

    private LogException.@Nullable Poisoned poison;
    private @Nullable StorageListener listener;
    private @Nullable Snapshots snapshots;
    private int syncsAsked;
    private int mostAtOnce = Integer.MAX_VALUE;
    private int looks;

    /// Logs whose reads throw.
    public final Set<LogId> broken = new HashSet<>();

    /// Logs of which nothing on disk can be read.
    public final Set<LogId> damaged = new HashSet<>();

    /// Logs of which nothing can be read from disk for a while.
    public final Set<LogId> unreadable = new HashSet<>();

    /// An empty one.
    public FakeStorage() {}

    /// What is there after the loss of everything that was not durable.
    public synchronized FakeStorage crash() {
        return restart(entries.subList(0, (int) durableEnd), false);
    }

    /// What is there after a kill that lost nothing.
    public synchronized FakeStorage kill() {
        return restart(entries, false);
    }

    /// Number of entries in the journal.
    public synchronized int entries() {
        return entries.size();
    }

    /// What a crash leaves that keeps so many entries.
    public synchronized FakeStorage cut(int kept) {
        return restart(List.copyOf(entries.subList(0, kept)), false);
    }

    public synchronized FakeStorage afterClose() {
        return restart(entries, true);
    }

    private static FakeStorage restart(List<Entry> kept, boolean cleanly) {
        var next = new FakeStorage();
        next.entries.addAll(kept);
        next.durableEnd = kept.size();
        next.cleanlyClosed = cleanly;
        kept.forEach(next::apply);
        return next;
    }

    /// Gives the state machines what they wrote, as an opened storage does.
    public FakeStorage recover(Recovery recovery) {
        int begin = 0;
        int lastBegin = 0;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Entry.SnapshotBegin) {
                lastBegin = i;
            } else if (entries.get(i) instanceof Entry.SnapshotEnd) {
                begin = lastBegin;
            }
        }
        entries.subList(begin, entries.size()).forEach(entry -> recover(entry, recovery));
        return this;
    }

    private static void recover(Entry entry, Recovery recovery) {
        switch (entry) {
            case Entry.Event(int machine, Bytes bytes) -> recovery.replay(machine, bytes);
            case Entry.Chunk(int machine, Bytes bytes) -> recovery.restore(machine, bytes);
            case Entry.Batch(var ids, var offsets, RecordBatch batch) -> {
                for (int i = 0; i < ids.size(); i++) {
                    recovery.batch(ids.get(i), offsets.get(i), batch);
                }
            }
            case Entry.Together(List<Entry> parts) -> parts.forEach(part -> recover(part, recovery));
            default -> {}
        }
    }

    public FakeStorage syncsAtOnce() {
        autoSync = true;
        return this;
    }

    /// The logs there are.
    public synchronized Set<LogId> logs() {
        return Set.copyOf(logs.keySet());
    }

    /// From now on durable logs are read from disk only.
    public void makeCold() {
        cold = true;
    }

    public void setFull(boolean full) {
        this.full = full;
        room = Integer.MAX_VALUE;
    }

    /// It is full when it has taken so many more batches.
    public void leaveRoomFor(int batches) {
        room = batches;
    }

    /// Durable logs that were opened, or written to, and not dropped.
    public synchronized int logCount() {
        return logs.size();
    }

    public int syncsAsked() {
        return syncsAsked;
    }

    public void sync() {
        syncTo(entries());
    }

    /// Makes only so many entries durable, as a sync that began before the rest came.
    public void syncTo(int end) {
        moveDurableEnd(end);
        tellDurable();
    }

    private synchronized void moveDurableEnd(int end) {
        if (poison == null) {
            durableEnd = Math.max(durableEnd, end);
        }
    }

    /// Makes everything durable as soon as somebody has seen so many times how far that is, and tells nobody yet: see
    /// [#tellDurable].
    public synchronized void syncBehindLooks(int count) {
        looks = count;
    }

    public void tellDurable() {
        if (listener != null) {
            listener.durable();
        }
    }

    public void failSync() {
        LogException.Poisoned cause;
        synchronized (this) {
            cause = new LogException.Poisoned("the disk is gone", null);
            poison = cause;
        }
        if (listener != null) {
            listener.failed(cause);
        }
    }

    /// Takes a snapshot of everything, while the machines go on.
    public void beginSnapshot() {
        Snapshots machines = snapshots;
        if (machines == null) {
            throw new IllegalStateException("not started");
        }
        add(new Entry.SnapshotBegin());
        var missing = new HashSet<>(machines.machines());
        machines.begin(new Snapshots.SnapshotWriter() {
            @Override
            public void chunk(int machine, Bytes chunk) {
                if (chunk.length() > LARGEST_CHUNK) {
                    throw new IllegalArgumentException("a chunk of %d bytes".formatted(chunk.length()));
                }
                add(new Entry.Chunk(machine, chunk.copy()));
            }

            @Override
            public void done(int machine) {
                synchronized (FakeStorage.this) {
                    missing.remove(machine);
                    if (missing.isEmpty()) {
                        add(new Entry.SnapshotEnd());
                    }
                }
            }

            @Override
            public void failed(int machine) {
                // Without its end it is not found.
            }
        });
    }

    private synchronized void add(Entry entry) {
        if (poison != null) {
            throw poison;
        }
        List<Entry> collecting = unit;
        if (collecting != null) {
            collecting.add(entry);
            apply(entry);
            return;
        }
        if (hasBatch(entry) && (full || room-- <= 0)) {
            throw new LogException.StorageFull("no room");
        }
        entries.add(entry);
        apply(entry);
        if (autoSync) {
            durableEnd = entries.size();
        }
    }

    private static boolean hasBatch(Entry entry) {
        return entry instanceof Entry.Batch
                || (entry instanceof Entry.Together(List<Entry> parts)
                        && parts.stream().anyMatch(FakeStorage::hasBatch));
    }

    private void apply(Entry entry) {
        switch (entry) {
            case Entry.Batch(var ids, var offsets, RecordBatch batch) -> {
                for (int i = 0; i < ids.size(); i++) {
                    log(ids.get(i)).put(offsets.get(i), batch);
                }
            }
            case Entry.Trim(LogId id, long before) -> log(id).trim(before);
            case Entry.Drop(LogId id) -> logs.remove(id);
            case Entry.Clean(LogId id, long to, BatchFilter filter) -> log(id).clean(to, filter);
            case Entry.Together(List<Entry> parts) -> parts.forEach(this::apply);
            default -> {}
        }
    }

    private FakeLog log(LogId id) {
        return logs.computeIfAbsent(id, _ -> new FakeLog(this, id, true));
    }

    private void requested(boolean sync) {
        if (sync) {
            syncsAsked++;
            if (autoSync && unit == null) {
                sync();
            }
        }
    }

    @Override
    public synchronized void atomically(boolean makesRoom, Runnable appends) {
        if (poison != null) {
            throw poison;
        }
        if (full && !makesRoom) {
            throw new LogException.StorageFull("no room");
        }
        var collected = new ArrayList<Entry>();
        unit = collected;
        try {
            appends.run();
        } finally {
            unit = null;
            if (!collected.isEmpty()) {
                entries.add(new Entry.Together(collected));
                if (autoSync) {
                    sync();
                }
            }
        }
    }

    // ---- Journal

    @Override
    public synchronized long end() {
        return entries.size() + (unit == null || unit.isEmpty() ? 0L : 1L);
    }

    @Override
    public synchronized long durableEnd() {
        long seen = durableEnd;
        if (looks > 0 && --looks == 0) {
            moveDurableEnd(entries());
        }
        return seen;
    }

    @Override
    public long append(int machine, Bytes event, boolean sync) {
        add(new Entry.Event(machine, event.copy()));
        requested(sync);
        return end();
    }

    @Override
    public void requestSync() {
        requested(true);
    }

    @Override
    public void requestSync(long position) {
        requested(position > durableEnd());
    }

    // ---- LogStorage

    @Override
    public Journal journal() {
        return this;
    }

    @Override
    public synchronized Log open(LogId id) {
        return log(id);
    }

    @Override
    public Log openVolatile(LogId id) {
        return new FakeLog(this, id, false);
    }

    @Override
    public void drop(LogId id) {
        add(new Entry.Drop(id));
    }

    @Override
    public long[] appendAll(List<Log> targets, RecordBatch batch, boolean sync) {
        synchronized (this) {
            var offsets = targets.stream().map(log -> log.bounds().end()).toList();
            add(new Entry.Batch(targets.stream().map(Log::id).toList(), offsets, FakeLog.copyOf(batch, 0)));
            requested(sync);
            return offsets.stream().mapToLong(Long::longValue).toArray();
        }
    }

    @Override
    public List<long[]> appendTogether(List<Append> parts, boolean sync) {
        synchronized (this) {
            var ends = new HashMap<LogId, Long>();
            var entriesOfParts = new ArrayList<Entry>();
            var offsets = new ArrayList<long[]>();
            for (Append part : parts) {
                switch (part) {
                    case Append.Batch(List<Log> targets, RecordBatch batch) -> {
                        var bases = new ArrayList<Long>();
                        for (Log log : targets) {
                            long base = ends.getOrDefault(log.id(), log.bounds().end());
                            bases.add(base);
                            ends.put(log.id(), base + batch.offsetCount());
                        }
                        entriesOfParts.add(new Entry.Batch(
                                targets.stream().map(Log::id).toList(), bases, FakeLog.copyOf(batch, 0)));
                        offsets.add(bases.stream().mapToLong(Long::longValue).toArray());
                    }
                    case Append.Event(int machine, Bytes event) ->
                        entriesOfParts.add(new Entry.Event(machine, event.copy()));
                }
            }
            add(new Entry.Together(entriesOfParts));
            requested(sync);
            return offsets;
        }
    }

    @Override
    public int mostAtOnce() {
        return mostAtOnce;
    }

    /// From now on the journal takes no more than this as one.
    public void takesAtOnce(int bytes) {
        mostAtOnce = bytes;
    }

    @Override
    public int sweep(Predicate<LogId> known) {
        var orphans = logs.keySet().stream().filter(known.negate()).toList();
        orphans.forEach(this::drop);
        return orphans.size();
    }

    @Override
    public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
        add(new Entry.Clean(id, to, filter));
        return CompletableFuture.completedFuture(to);
    }

    @Override
    public void closeSoon() {
        logs.values().forEach(FakeLog::closeAll);
    }

    /// From now on nothing is closed that nobody has asked for.
    public void closesWhenAsked() {
        closesWhenAsked = true;
    }

    @Override
    public void start(StorageListener told, Snapshots machines) {
        listener = told;
        snapshots = machines;
    }

    @Override
    public StorageHealth health() {
        return new StorageHealth(entries.size(), syncsAsked, 0, 0, Long.MAX_VALUE, 0, 0, 0, 0, cleanlyClosed, 0, false);
    }

    @Override
    public void close() {
        sync();
    }

    // ---- What logs ask for

    void trim(LogId log, long before) {
        add(new Entry.Trim(log, before));
    }

    boolean isCold() {
        return cold;
    }

    boolean closesOnlyWhenAsked() {
        return closesWhenAsked;
    }
}
