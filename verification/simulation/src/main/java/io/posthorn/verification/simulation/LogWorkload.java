package io.posthorn.verification.simulation;

import io.posthorn.log.Append;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.BatchEditor;
import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RetentionClass;
import io.posthorn.log.StorageListener;
import io.posthorn.log.StorageOptions;
import io.posthorn.verification.simulation.LogInvariants.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Uses a storage as shards do: appends to a few logs, to several at once, trims and drops them, appends events of
/// state machines and writes their snapshots, and reads everything back.
final class LogWorkload implements Workload {
    private static final StorageOptions OPTIONS =
            new StorageOptions(12 * 1024, 8 * 1024, 8, 16 * 1024, 4 * 1024, 8 * 1024, 0);
    private static final int[] MACHINES = {0, 1, 7};
    private static final int MOST_LOGS = 5;
    private static final LogBounds EMPTY = new LogBounds(0, 0);

    private final Machine machine;
    private final Dice dice;
    private final LogModel model = new LogModel();
    private final List<Invariant<Event>> invariants = LogInvariants.all();
    private final List<Long> dropped = new ArrayList<>();
    private final Map<Long, Cleaned> cleaned = new HashMap<>();
    private final BatchBuilder batches = new BatchBuilder();
    private @Nullable Life life;
    private long lastLog;
    private long lastValue;
    private long stoppedAt;

    LogWorkload(Machine machine) {
        this.machine = machine;
        this.dice = machine.dice();
    }

    /// How far a log was cleaned: asked for, and done.
    private static final class Cleaned {
        long begun;
        long done;
    }

    /// What is in the memory of one process.
    private static final class Life implements StorageListener {
        final CountingMachines machines;
        final LogStorage storage;
        final LogModel model;
        boolean failed;

        Life(LogStorage storage, CountingMachines machines, LogModel model) {
            this.storage = storage;
            this.machines = machines;
            this.model = model;
        }

        @Override
        public void durable() {
            model.promise(storage.journal().durableEnd());
        }

        @Override
        public void failed(LogException.Poisoned cause) {
            failed = true;
        }

        @Override
        public void spaceLow(boolean low) {
            // Appending says so by itself.
        }
    }

    private Life life() {
        return Objects.requireNonNull(life);
    }

    private void observe(Event event) {
        for (Invariant<Event> invariant : invariants) {
            invariant.observe(event);
        }
    }

    @Override
    public void start() {
        var machines = new CountingMachines();
        LogStorage storage =
                machine.openStorage(machine.tasks().queue(), machine.tasks().queue(), OPTIONS, machines);
        var started = new Life(storage, machines, model);
        life = started;
        long end = storage.journal().end();
        if (storage.health().cleanlyClosed()) {
            // Closed in order means that everything appended is there.
            model.promise(stoppedAt);
        }
        observe(new Event.Recovered(model.promised(), end));
        model.recovered(end);
        observe(new Event.Damage(storage.health().damagedRanges()));
        for (int number : MACHINES) {
            Map<Integer, Long> expected = model.current().machines.getOrDefault(number, new java.util.TreeMap<>());
            observe(new Event.Machine(number, expected, machines.of(number)));
        }
        checkBounds();
        if (dice.chance(30)) {
            checkRecords();
        }
        if (dice.chance(30)) {
            observe(new Event.Orphans(storage.sweep(id -> model.current().logs.containsKey(id.value()))));
        }
        storage.start(started, machine.wiring().snapshots(machines));
    }

    private void checkBounds() {
        model.current()
                .logs
                .forEach((id, records) -> observe(new Event.Bounds(
                        id,
                        new LogBounds(records.start, records.end()),
                        life().storage.open(new LogId(id)).bounds())));
        for (long id : dropped) {
            if (!model.current().logs.containsKey(id)) {
                observe(new Event.Bounds(
                        id, EMPTY, life().storage.open(new LogId(id)).bounds()));
            }
        }
    }

    private void checkRecords() {
        List.copyOf(model.current().logs.entrySet()).forEach(entry -> readFrom(entry.getKey(), entry.getValue().start));
    }

    @Override
    public void checkEverything() {
        checkBounds();
        checkRecords();
        observe(new Event.Damage(life().storage.health().damagedRanges()));
    }

    @Override
    public void act() {
        Life now = life();
        try {
            int what = dice.below(100);
            if (what < 8) {
                appendTogether();
            } else if (what < 40) {
                append(dice.chance(85) ? 1 : dice.between(2, 3));
            } else if (what < 55) {
                happen();
            } else if (what < 63) {
                trim();
            } else if (what < 66) {
                drop();
            } else if (what < 70) {
                clean();
            } else if (what < 71) {
                now.storage.closeSoon();
            } else if (what < 78) {
                readSomewhere();
            } else if (what < 92) {
                if (!now.machines.writeSlice()) {
                    happen();
                }
            } else {
                now.storage.journal().requestSync();
            }
        } catch (LogException.Poisoned _) {
            now.failed = true;
        } catch (LogException.StorageFull _) {
            // Nothing was done.
        }
        long durable = now.storage.journal().durableEnd();
        observe(new Event.DurableEnd(
                model.promised(), durable, now.storage.journal().end()));
        model.promise(durable);
    }

    private List<Long> someLogs(int count) {
        var targets = new ArrayList<Long>();
        while (targets.size() < count) {
            long target = someLog();
            if (!targets.contains(target)) {
                targets.add(target);
            }
        }
        return targets;
    }

    private List<Long> newValues() {
        var values = new ArrayList<Long>();
        for (int i = dice.between(1, 4); i > 0; i--) {
            values.add(++lastValue);
        }
        return values;
    }

    private RecordBatch batchOf(List<Long> values) {
        values.forEach(value -> batches.add(value, null, valueOf(value), List.of()));
        return batches.build();
    }

    /// What one commit of a transaction does: batches and events, all of which survive, or none.
    private void appendTogether() {
        LogStorage storage = life().storage;
        var parts = new ArrayList<Append>();
        var done = new ArrayList<LongFunction<LogState.Operation>>();
        for (int i = dice.between(1, 2); i > 0; i--) {
            List<Long> targets = someLogs(dice.between(1, 2));
            List<Long> values = newValues();
            List<Log> open =
                    targets.stream().map(id -> storage.open(new LogId(id))).toList();
            parts.add(new Append.Batch(open, batchOf(values)));
            done.add(end -> new LogState.Operation.Appended(end, targets, values));
        }
        int number = MACHINES[dice.below(MACHINES.length)];
        int key = dice.below(6);
        long value = ++lastValue;
        parts.add(new Append.Event(number, CountingMachines.event(key, value)));
        done.add(end -> new LogState.Operation.Happened(end, number, key, value));
        boolean sync = dice.chance(50);
        if (dice.chance(50)) {
            storage.appendTogether(parts, sync);
        } else {
            storage.atomically(false, () -> parts.forEach(part -> storage.appendTogether(List.of(part), sync)));
        }
        life().machines.happened(number, key, value);
        long end = storage.journal().end();
        done.forEach(operation -> model.done(operation.apply(end)));
    }

    private void append(int logs) {
        List<Long> targets = someLogs(logs);
        List<Long> values = newValues();
        RecordBatch batch = batchOf(values);
        LogStorage storage = life().storage;
        if (logs == 1) {
            storage.open(new LogId(targets.getFirst())).append(batch, dice.chance(50));
        } else {
            List<Log> open =
                    targets.stream().map(id -> storage.open(new LogId(id))).toList();
            storage.appendAll(open, batch, dice.chance(50));
        }
        model.done(new LogState.Operation.Appended(storage.journal().end(), targets, values));
    }

    /// A log that there is, or a new one.
    private long someLog() {
        var known = List.copyOf(model.current().logs.keySet());
        return known.size() < MOST_LOGS && (known.size() < 3 || dice.chance(20)) ? ++lastLog : dice.oneOf(known);
    }

    private void happen() {
        int number = MACHINES[dice.below(MACHINES.length)];
        int key = dice.below(6);
        long value = ++lastValue;
        life().storage.journal().append(number, CountingMachines.event(key, value), dice.chance(30));
        life().machines.happened(number, key, value);
        model.done(new LogState.Operation.Happened(life().storage.journal().end(), number, key, value));
    }

    private void trim() {
        if (model.current().logs.isEmpty()) {
            return;
        }
        long id = dice.oneOf(List.copyOf(model.current().logs.keySet()));
        var records = Objects.requireNonNull(model.current().logs.get(id));
        long offset = records.start + dice.below(records.values.size() + 1);
        life().storage.open(new LogId(id)).trimBefore(offset);
        model.done(new LogState.Operation.Trimmed(life().storage.journal().end(), id, offset));
    }

    private void drop() {
        if (model.current().logs.isEmpty()) {
            return;
        }
        long id = dice.oneOf(List.copyOf(model.current().logs.keySet()));
        life().storage.drop(new LogId(id));
        dropped.add(id);
        model.done(new LogState.Operation.Dropped(life().storage.journal().end(), id));
    }

    private void clean() {
        if (model.current().logs.isEmpty()) {
            return;
        }
        long id = dice.oneOf(List.copyOf(model.current().logs.keySet()));
        Log log = life().storage.open(new LogId(id));
        log.keepAs(dice.oneOf(List.of(RetentionClass.values())));
        Cleaned progress = cleaned.computeIfAbsent(id, _ -> new Cleaned());
        long to = log.closedEnd();
        progress.begun = Math.max(progress.begun, to);
        var _ = life().storage
                .clean(new LogId(id), to, LogWorkload::retained)
                .thenAccept(end -> progress.done = Math.max(progress.done, end));
    }

    private static @Nullable RecordBatch retained(RecordBatch batch) {
        var kept = new BitSet();
        var record = batch.records();
        for (int i = 0; record.next(); i++) {
            kept.set(i, !isCleaned(numberOf(record.value())));
        }
        if (kept.isEmpty()) {
            return null;
        }
        return kept.cardinality() == batch.count() ? batch : BatchEditor.retaining(batch, kept);
    }

    private static boolean isCleaned(long value) {
        return value % 3 == 0;
    }

    private void readSomewhere() {
        if (model.current().logs.isEmpty()) {
            return;
        }
        long id = dice.oneOf(List.copyOf(model.current().logs.keySet()));
        var records = Objects.requireNonNull(model.current().logs.get(id));
        readFrom(id, records.start + dice.below(records.values.size() + 1));
    }

    private void readFrom(long id, long from) {
        var records = Objects.requireNonNull(model.current().logs.get(id));
        var actual = new ArrayList<Long>();
        Log log = life().storage.open(new LogId(id));
        long next = from;
        try {
            while (next < records.end()) {
                next = readInto(actual, log, next);
            }
        } catch (LogException.OffsetOutOfRange | LogException.Damaged unreadable) {
            throw new InvariantBroken("log %d cannot be read at %d: %s".formatted(id, next, unreadable));
        }
        observe(new Event.Records(id, from, expected(id, records, from, actual), actual));
    }

    /// What a cleaning was told to remove may be gone from when it began, and is when it is done.
    private List<Long> expected(long id, LogState.Records records, long from, List<Long> actual) {
        Cleaned progress = cleaned.getOrDefault(id, new Cleaned());
        var found = new HashSet<>(actual);
        var expected = new ArrayList<Long>();
        for (long offset = from; offset < records.end(); offset++) {
            Long value = records.values.get((int) (offset - records.start));
            boolean mustBeGone = offset < progress.done && isCleaned(value);
            boolean mayBeGone = offset < progress.begun && isCleaned(value);
            if (!mustBeGone && (!mayBeGone || found.contains(value))) {
                expected.add(value);
            }
        }
        return expected;
    }

    private long readInto(List<Long> values, Log log, long from) {
        int most = dice.chance(50) ? 1 : 4096;
        @Nullable LogSlice tail = log.readTail(from, most);
        try (LogSlice slice = tail != null ? tail : log.read(from, most)) {
            long next = from;
            for (RecordBatch batch : slice.batches()) {
                var record = batch.records();
                while (record.next()) {
                    if (record.offset() >= next) {
                        values.add(numberOf(record.value()));
                        next = record.offset() + 1;
                    }
                }
                if (batch.lastOffset() < from) {
                    throw new InvariantBroken(log.id() + " gives what is before " + from);
                }
                next = batch.lastOffset() + 1;
            }
            if (next == from) {
                throw new InvariantBroken(log.id() + " gives nothing at " + from);
            }
            return next;
        }
    }

    /// The number and a filling that only this number has: mostly short, now and then over several sectors.
    private static Bytes valueOf(long number) {
        int length = number % 11 == 0 ? 2_500 : 8 + (int) (number * 37 % 300);
        byte[] bytes = new byte[length];
        ByteBuffer.wrap(bytes).putLong(number);
        for (int i = 8; i < length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        return new Bytes(bytes);
    }

    private static long numberOf(@Nullable Bytes value) {
        if (value == null || value.length() < 8) {
            return -1;
        }
        long number = value.asByteBuffer().getLong();
        return valueOf(number).equals(value) ? number : -1;
    }

    @Override
    public boolean hasFailed() {
        return life().failed;
    }

    @Override
    public void stop() {
        Life stopping = life();
        stopping.storage.close();
        stoppedAt = stopping.storage.journal().end();
    }

    @Override
    public void died() {
        life = null;
    }
}
