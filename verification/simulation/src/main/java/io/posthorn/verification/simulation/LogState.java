package io.posthorn.verification.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What logs and state machines hold, after the operations up to some position of the journal.
final class LogState {
    final TreeMap<Long, Records> logs = new TreeMap<>();
    final TreeMap<Integer, TreeMap<Integer, Long>> machines = new TreeMap<>();

    /// The records of one log, each by its number.
    static final class Records {
        long start;
        final ArrayList<Long> values = new ArrayList<>();

        long end() {
            return start + values.size();
        }

        Records copy() {
            var copy = new Records();
            copy.start = start;
            copy.values.addAll(values);
            return copy;
        }
    }

    /// Something that was done, and is durable once the journal is up to `end`.
    sealed interface Operation {
        long end();

        record Appended(long end, List<Long> targets, List<Long> values) implements Operation {}

        record Trimmed(long end, long log, long offset) implements Operation {}

        record Dropped(long end, long log) implements Operation {}

        record Happened(long end, int machine, int key, long value) implements Operation {}
    }

    void apply(Operation operation) {
        switch (operation) {
            case Operation.Appended(long _, List<Long> targets, List<Long> values) -> {
                for (long target : targets) {
                    logs.computeIfAbsent(target, _ -> new Records()).values.addAll(values);
                }
            }
            case Operation.Trimmed(long _, long log, long offset) -> {
                Records records = logs.get(log);
                if (records != null && offset > records.start) {
                    records.values.subList(0, (int) (offset - records.start)).clear();
                    records.start = offset;
                }
            }
            case Operation.Dropped(long _, long log) -> logs.remove(log);
            case Operation.Happened(long _, int machine, int key, long value) ->
                machines.computeIfAbsent(machine, _ -> new TreeMap<>()).put(key, value);
        }
    }

    LogState copy() {
        var copy = new LogState();
        logs.forEach((id, records) -> copy.logs.put(id, records.copy()));
        machines.forEach((machine, values) -> copy.machines.put(machine, new TreeMap<>(values)));
        return copy;
    }
}
