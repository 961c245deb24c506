package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Does random things to a storage, writes them down, and knows what must be there after any crash: everything up to
/// some journal position, which is not before the durable end that was seen.
final class Workload implements Snapshots, Recovery {
    private static final int LOGS = 6;
    private static final int MACHINE = 1;

    /// What was done; it counts if the journal reaches this position.
    private record Step(long position, Change change) {}

    private interface Change {
        void applyTo(Model model);
    }

    /// What should be there.
    private static final class Model {
        final TreeMap<Long, ModelLog> logs = new TreeMap<>();
        final List<String> events = new ArrayList<>();

        ModelLog log(long id) {
            return logs.computeIfAbsent(id, missing -> new ModelLog());
        }
    }

    private static final class ModelLog {
        long start;
        final List<String> values = new ArrayList<>();

        /// Checks that what was read is what there is, but for what a cleaning may have removed, or must have.
        void check(List<String> actual, Cleaned cleaned) {
            var found = new HashSet<>(actual);
            var expected = new ArrayList<>(live());
            expected.removeIf(value -> {
                long offset = Long.parseLong(value.substring(0, value.indexOf('=')));
                boolean mayBeGone = offset < cleaned.begun && isCleaned(value.substring(value.indexOf('=') + 1));
                return mayBeGone && (!found.contains(value) || offset < cleaned.done);
            });
            assertThat(actual).isEqualTo(expected);
        }

        List<String> live() {
            var live = new ArrayList<String>();
            for (long offset = start; offset < values.size(); offset++) {
                live.add(offset + "=" + values.get((int) offset));
            }
            return live;
        }
    }

    /// How far a log was cleaned.
    private static final class Cleaned {
        long begun;
        long done;
    }

    private static boolean isCleaned(String value) {
        return value.hashCode() % 3 == 0;
    }

    private final Map<Long, Cleaned> cleaned = new HashMap<>();
    private final Random random;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> machineEvents = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();
    private long nextId = 1;
    private long durableSeen;

    Workload(long seed) {
        random = new Random(seed);
        for (int i = 0; i < LOGS; i++) {
            ids.add(nextId++);
        }
    }

    // The state machine above the storage: a list of events.

    @Override
    public void begin(SnapshotWriter writer) {
        writer.chunk(MACHINE, Bytes.utf8(String.join("\n", machineEvents)));
        writer.done(MACHINE);
    }

    @Override
    public Set<Integer> machines() {
        return Set.of(MACHINE);
    }

    @Override
    public void restore(int machine, Bytes chunk) {
        machineEvents.clear();
        machineEvents.addAll(chunk.toUtf8().lines().toList());
    }

    @Override
    public void replay(int machine, Bytes event) {
        machineEvents.add(event.toUtf8());
    }

    /// Before the storage is opened anew.
    Workload restarted() {
        machineEvents.clear();
        return this;
    }

    /// Does so many random things; ends early when the storage fails.
    void run(LogStorage storage, int count) {
        try {
            for (int i = 0; i < count; i++) {
                step(storage);
                durableSeen = Math.max(durableSeen, storage.journal().durableEnd());
            }
        } catch (LogException.Poisoned | LogException.StorageFull _) {
            durableSeen = Math.max(durableSeen, storage.journal().durableEnd());
        }
    }

    private void step(LogStorage storage) {
        int choice = random.nextInt(100);
        boolean sync = random.nextInt(4) == 0;
        long id = ids.get(random.nextInt(ids.size()));
        if (choice < 10) {
            appendTogether(storage, sync);
        } else if (choice < 60) {
            RecordBatch batch = batch();
            done(
                    storage,
                    append(List.of(id), batch),
                    () -> storage.open(new LogId(id)).append(batch, sync));
        } else if (choice < 70) {
            List<Long> targets = ids.stream()
                    .distinct()
                    .filter(target -> random.nextBoolean())
                    .toList();
            if (!targets.isEmpty()) {
                List<Log> logs = targets.stream()
                        .map(target -> storage.open(new LogId(target)))
                        .toList();
                RecordBatch batch = batch();
                done(storage, append(targets, batch), () -> storage.appendAll(logs, batch, sync));
            }
        } else if (choice < 88) {
            Log log = storage.open(new LogId(id));
            long offset = log.bounds().start()
                    + random.nextInt((int) (log.bounds().end() - log.bounds().start()) + 1);
            done(
                    storage,
                    model -> model.log(id).start = Math.max(model.log(id).start, offset),
                    () -> log.trimBefore(offset));
        } else if (choice < 96) {
            String event = "event " + random.nextInt();
            done(storage, model -> model.events.add(event), () -> {
                // A snapshot may begin inside the append, and then the event is before it.
                machineEvents.add(event);
                storage.journal().append(MACHINE, Bytes.utf8(event), sync);
            });
        } else if (choice == 96) {
            clean(storage, id);
        } else if (choice < 98) {
            done(storage, model -> model.logs.remove(id), () -> storage.drop(new LogId(id)));
            ids.set(ids.indexOf(id), nextId++);
        } else {
            storage.journal().requestSync();
        }
    }

    private void clean(LogStorage storage, long id) {
        Cleaned progress = cleaned.computeIfAbsent(id, _ -> new Cleaned());
        Log log = storage.open(new LogId(id));
        log.keepAs(random.nextBoolean() ? RetentionClass.COMPACTED : RetentionClass.WORK);
        long to = random.nextInt(4) == 0 ? halfway(log) : log.closedEnd();
        progress.begun = Math.max(progress.begun, to);
        var _ = storage.clean(new LogId(id), to, Batches.keeping(value -> !isCleaned(value)))
                .thenAccept(end -> progress.done = Math.max(progress.done, end));
    }

    /// The begin of a batch.
    private static long halfway(Log log) {
        LogBounds bounds = log.bounds();
        long middle = (bounds.start() + log.closedEnd()) / 2;
        if (middle == bounds.end()) {
            return middle;
        }
        try (LogSlice slice = log.read(middle, 1)) {
            return slice.batches().getFirst().baseOffset();
        }
    }

    /// Batches to several logs, more than one to the same, and an event: all of it counts or nothing.
    private void appendTogether(LogStorage storage, boolean sync) {
        var parts = new ArrayList<Append>();
        var changes = new ArrayList<Change>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            List<Long> targets = ids.stream()
                    .distinct()
                    .filter(target -> random.nextInt(3) == 0)
                    .toList();
            if (!targets.isEmpty()) {
                RecordBatch batch = batch();
                List<Log> logs = targets.stream()
                        .map(target -> storage.open(new LogId(target)))
                        .toList();
                parts.add(new Append.Batch(logs, batch));
                changes.add(append(targets, batch));
            }
        }
        String event = "event " + random.nextInt();
        parts.add(new Append.Event(MACHINE, Bytes.utf8(event)));
        changes.add(model -> model.events.add(event));
        done(storage, model -> changes.forEach(change -> change.applyTo(model)), () -> {
            machineEvents.add(event);
            if (sync) {
                storage.appendTogether(parts, true);
            } else {
                storage.atomically(false, () -> parts.forEach(part -> storage.appendTogether(List.of(part), false)));
            }
        });
    }

    private static Change append(List<Long> targets, RecordBatch batch) {
        List<String> values = Batches.values(batch, 0).stream()
                .map(value -> value.substring(value.indexOf('=') + 1))
                .toList();
        return model -> targets.forEach(target -> model.log(target).values.addAll(values));
    }

    /// Writes the change down before it is done: a storage that fails while doing it may have done it.
    private void done(LogStorage storage, Change change, Runnable action) {
        int index = steps.size();
        steps.add(new Step(Long.MAX_VALUE, change));
        long before = storage.journal().end();
        try {
            action.run();
        } catch (LogException e) {
            steps.remove(index);
            throw e;
        }
        if (storage.journal().end() == before) {
            // Nothing was written, so nothing changed that a restart would show.
            steps.remove(index);
        } else {
            steps.set(index, new Step(before + 1, change));
        }
    }

    private RecordBatch batch() {
        var values = new String[1 + random.nextInt(3)];
        for (int i = 0; i < values.length; i++) {
            values[i] = "v" + random.nextInt(1_000_000) + "x".repeat(random.nextInt(200)) + ".";
        }
        return Batches.of(values);
    }

    /// The storage was opened anew, and has found the journal up to here. What was done later was not durable.
    void recovered(LogStorage storage) {
        long reached = storage.journal().durableEnd();
        assertThat(reached).as("nothing durable was lost").isGreaterThanOrEqualTo(durableSeen);
        steps.removeIf(step -> step.position() > reached);
    }

    /// Checks that the storage holds what was done, no more and no less.
    void check(LogStorage storage) {
        var model = new Model();
        steps.forEach(step -> step.change().applyTo(model));
        for (long id = 1; id < nextId; id++) {
            Log log = storage.open(new LogId(id));
            ModelLog expected = model.log(id);
            assertThat(log.bounds()).as("log " + id).isEqualTo(new LogBounds(expected.start, expected.values.size()));
            expected.check(Batches.readAll(log, expected.start), cleaned.getOrDefault(id, new Cleaned()));
        }
        assertThat(machineEvents).isEqualTo(model.events);
    }
}
