package io.posthorn.verification.conformance.kafka.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/// Reads a history and says what in it breaks a promise. Used once.
final class HistoryChecker {
    private record Place(TopicPartition partition, long offset) {}

    private record Sequel(String producer, TopicPartition partition) {}

    private record Cursor(String reader, TopicPartition partition) {}

    private record Membership(String group, String member, TopicPartition partition) {}

    private enum Outcome {
        OPEN,
        ABORTED,
        COMMITTED
    }

    private final List<String> violations = new ArrayList<>();

    private final Map<Id, TopicPartition> sent = new HashMap<>();
    private final Set<Id> mayRepeat = new HashSet<>();
    private final Map<Place, Id> acknowledged = new LinkedHashMap<>();
    private final Map<Id, Place> sources = new HashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final Set<String> commitsAsked = new HashSet<>();
    private final Map<Place, Id> seen = new HashMap<>();
    private final Map<Cursor, Long> cursors = new HashMap<>();
    private final List<Event.Read> committedReads = new ArrayList<>();

    private final Map<Cursor, Long> asked = new HashMap<>();
    private final Map<Cursor, Long> confirmed = new HashMap<>();
    private final Map<Membership, Long> own = new HashMap<>();

    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<Place, Event.Kept> kept = new HashMap<>();
    private final Map<Id, List<Event.Kept>> copies = new HashMap<>();
    private final Map<Sequel, Long> sequels = new HashMap<>();

    private int crashes;

    /// @return what is wrong; empty when nothing is
    List<String> check(List<Event> history) {
        history.forEach(this::apply);
        checkAcknowledged();
        checkReaders();
        checkCopies();
        checkTransactions();
        checkPipe();
        return violations;
    }

    String summary() {
        long committed = outcomes.values().stream()
                .filter(outcome -> outcome == Outcome.COMMITTED)
                .count();
        long aborted = outcomes.values().stream()
                .filter(outcome -> outcome == Outcome.ABORTED)
                .count();
        return ("%d crashes, %d records sent, %d acknowledged, %d kept, %d transactions committed, %d aborted,"
                        + " %d offsets committed, %d violations")
                .formatted(
                        crashes,
                        sent.size(),
                        acknowledged.size(),
                        kept.size(),
                        committed,
                        aborted,
                        confirmed.size(),
                        violations.size());
    }

    private void apply(Event event) {
        switch (event) {
            case Event.Sending sending -> {
                sent.put(sending.id(), sending.to());
                if (sending.mayRepeat()) {
                    mayRepeat.add(sending.id());
                }
                if (sending.id().isInTransaction()) {
                    outcomes.putIfAbsent(sending.id().transaction(), Outcome.OPEN);
                }
            }
            case Event.Acknowledged(var id, var at, var offset) -> acknowledge(id, new Place(at, offset));
            case Event.Piped(var id, var from, var offset) -> sources.put(id, new Place(from, offset));
            case Event.Ending(var transaction, var commits) -> {
                if (commits) {
                    commitsAsked.add(transaction);
                }
            }
            case Event.Ended(var transaction, var commits) ->
                outcomes.put(transaction, commits ? Outcome.COMMITTED : Outcome.ABORTED);
            case Event.Read read -> read(read);
            case Event.Misplaced misplaced -> violations.add("MISPLACED " + misplaced);
            case Event.Committing(var group, var of, var offset) ->
                asked.merge(new Cursor(group, of), offset, Math::max);
            case Event.Committed(var group, var member, var of, var offset) -> {
                confirmed.merge(new Cursor(group, of), offset, Math::max);
                own.put(new Membership(group, member, of), offset);
            }
            case Event.Placed placed -> checkPlace(placed);
            case Event.Crashed(var number) -> crashes = number;
            case Event.Batch batch -> checkGap(batch);
            case Event.Kept record -> keep(record);
        }
    }

    private void acknowledge(Id id, Place place) {
        Id other = acknowledged.put(place, id);
        if (other != null) {
            violations.add("TWO AT ONE OFFSET, acknowledged: " + place + " for " + other + " and " + id);
        }
        look(place, id);
    }

    /// An offset means one record, for everybody and for ever.
    private void look(Place place, Id id) {
        Id before = seen.putIfAbsent(place, id);
        if (before != null && !before.equals(id)) {
            violations.add("CHANGED: " + place + " was " + before + " and is " + id);
        }
    }

    private void read(Event.Read read) {
        look(new Place(read.at(), read.offset()), read.id());
        if (!sent.containsKey(read.id())) {
            violations.add("PHANTOM, never sent: " + read);
        }
        Long before = cursors.put(new Cursor(read.reader(), read.at()), read.offset());
        String[] membership = read.reader().split("/", -1);
        if (membership.length == 2) {
            Long committed = own.get(new Membership(membership[0], membership[1], read.at()));
            if (committed != null && read.offset() < committed) {
                violations.add("GONE BACK behind the committed " + committed + ": " + read);
            }
        } else if (before != null && before >= read.offset()) {
            violations.add("OUT OF ORDER, after " + before + ": " + read);
        }
        if (read.committedOnly()) {
            committedReads.add(read);
        }
    }

    private void checkPlace(Event.Placed placed) {
        var cursor = new Cursor(placed.group(), placed.of());
        if (placed.offset() < confirmed.getOrDefault(cursor, -1L)) {
            violations.add("GONE BACK from the committed " + confirmed.get(cursor) + ": " + placed);
        }
        if (placed.offset() > asked.getOrDefault(cursor, -1L)) {
            violations.add("NEVER COMMITTED: " + placed);
        }
    }

    private void checkGap(Event.Batch batch) {
        Long end = ends.put(batch.at(), batch.last() + 1);
        if (batch.base() != (end == null ? 0 : end)) {
            violations.add("GAP before " + batch + ", after " + end);
        }
    }

    private void keep(Event.Kept record) {
        var place = new Place(record.at(), record.offset());
        look(place, record.id());
        kept.put(place, record);
        copies.computeIfAbsent(record.id(), _ -> new ArrayList<>()).add(record);
        if (!record.at().equals(sent.get(record.id()))) {
            violations.add("PHANTOM, not sent there: " + record);
        }
        var sequel = new Sequel(record.id().producer(), record.at());
        Long before = sequels.put(sequel, record.id().sequence());
        if (before != null && before >= record.id().sequence() && !mayRepeat.contains(record.id())) {
            violations.add("OUT OF ORDER in the log, after " + before + ": " + record);
        }
    }

    private void checkAcknowledged() {
        acknowledged.forEach((place, id) -> {
            Event.Kept found = kept.get(place);
            if (found == null) {
                violations.add("LOST: " + id + ", acknowledged at " + place);
            } else if (!found.id().equals(id)) {
                violations.add("ANOTHER at " + place + ": " + found.id() + " and not the acknowledged " + id);
            }
        });
    }

    private void checkCopies() {
        copies.forEach((id, places) -> {
            if (places.size() > 1 && !mayRepeat.contains(id)) {
                violations.add("DUPLICATE: " + places);
            }
        });
    }

    private void checkReaders() {
        for (Event.Read read : committedReads) {
            Event.Kept found = kept.get(new Place(read.at(), read.offset()));
            if (found == null || !found.isVisible()) {
                violations.add("NOT COMMITTED, and was read: " + read);
            }
        }
    }

    private void checkTransactions() {
        Map<String, Set<Boolean>> visible = new HashMap<>();
        Map<String, Integer> sizes = new HashMap<>();
        kept.values().forEach(record -> {
            String transaction = record.id().transaction();
            if (transaction.isEmpty()) {
                if (!record.isVisible()) {
                    violations.add("HIDDEN, of no transaction: " + record);
                }
            } else {
                visible.computeIfAbsent(transaction, _ -> new HashSet<>()).add(record.isVisible());
                sizes.merge(transaction, 1, Integer::sum);
            }
        });
        Map<String, Integer> attempted = new HashMap<>();
        sent.keySet().stream()
                .filter(Id::isInTransaction)
                .forEach(id -> attempted.merge(id.transaction(), 1, Integer::sum));
        visible.forEach((transaction, states) -> {
            boolean isSeen = states.contains(true);
            if (states.size() > 1) {
                violations.add("IN PART: transaction " + transaction);
            }
            int size = sizes.getOrDefault(transaction, 0);
            int whole = attempted.getOrDefault(transaction, 0);
            if (isSeen && size != whole) {
                violations.add("IN PART: transaction %s, %d of %d".formatted(transaction, size, whole));
            }
            if (isSeen && (outcomes.get(transaction) == Outcome.ABORTED || !commitsAsked.contains(transaction))) {
                violations.add("ABORTED, and seen: transaction " + transaction);
            }
        });
        outcomes.forEach((transaction, outcome) -> {
            if (outcome == Outcome.COMMITTED
                    && !visible.getOrDefault(transaction, Set.of()).contains(true)) {
                violations.add("LOST: transaction " + transaction + ", committed");
            }
        });
    }

    /// What is made of a record is there once, and the record's offset is committed with it or not at all.
    private void checkPipe() {
        Map<Place, Id> made = new HashMap<>();
        sources.forEach((id, source) -> {
            for (Event.Kept copy : copies.getOrDefault(id, List.of())) {
                if (copy.isVisible() && made.put(source, id) != null) {
                    violations.add("TWICE: made of " + source + ", " + copy);
                }
            }
        });
        Set<TopicPartition> piped = new HashSet<>();
        sources.values().forEach(source -> piped.add(source.partition()));
        kept.forEach((place, record) -> {
            if (record.isVisible() && piped.contains(place.partition()) && !made.containsKey(place)) {
                violations.add("PASSED OVER: nothing is made of " + place);
            }
        });
    }
}
