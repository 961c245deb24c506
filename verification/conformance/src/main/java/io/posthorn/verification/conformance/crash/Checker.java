package io.posthorn.verification.conformance.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a history and says what in it breaks a promise.
///
/// Usage: `Checker HISTORY`; ends with 1 if a promise is broken.
public final class Checker {
    private static final int SHOWN = 20;

    /// One message in one queue.
    private record Copy(String queue, String publisher, long sequence) {}

    /// Whose deliveries come in order: what one consumer gets of one publisher, between two crashes.
    private record Sequel(int cycle, String consumer, String queue, String publisher) {}

    private final Set<Copy> attempted = new HashSet<>();
    private final Set<Copy> confirmed = new HashSet<>();
    private final Set<Copy> settling = new HashSet<>();
    private final Set<Copy> delivered = new HashSet<>();
    private final Map<Sequel, Long> last = new HashMap<>();
    private final Map<String, Event> entities = new LinkedHashMap<>();
    private final Map<String, Long> counted = new HashMap<>();
    private final Set<Copy> drained = new HashSet<>();
    private final Set<String> drainedToTheEnd = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private int cycle;
    private long deliveries;
    private long duplicates;

    public static void main(String[] args) throws IOException {
        Checker checker = new Checker();
        List<String> violations = checker.check(Path.of(args[0]));
        System.out.println(checker.summary());
        violations.stream().limit(SHOWN).forEach(System.out::println);
        System.exit(violations.isEmpty() ? 0 : 1);
    }

    List<String> check(Path history) throws IOException {
        try (Stream<String> lines = Files.lines(history)) {
            lines.map(Event::parse).forEach(this::apply);
        }
        checkNothingIsLost();
        checkCounts();
        return violations;
    }

    String summary() {
        return "%d crashes, %d copies attempted, %d confirmed, %d deliveries of %d copies, %d of them again, %d declared, %d violations"
                .formatted(
                        cycle,
                        attempted.size(),
                        confirmed.size(),
                        deliveries,
                        delivered.size(),
                        duplicates,
                        entities.size(),
                        violations.size());
    }

    private void apply(Event event) {
        switch (event) {
            case Event.Attempted(var publisher, var sequence) -> attempted.addAll(copies(publisher, sequence));
            case Event.Confirmed(var publisher, var sequence) -> confirmed.addAll(copies(publisher, sequence));
            case Event.Settling(var queue, var publisher, var sequence) ->
                settling.add(new Copy(queue, publisher, sequence));
            case Event.Delivered delivery -> checkDelivery(delivery);
            case Event.Damaged(var queue, var body) -> violations.add("DAMAGED in " + queue + ": " + body);
            case Event.Declaring(var name) -> entities.put(name, event);
            case Event.Declared(var name) -> entities.put(name, event);
            case Event.Deleting(var name) -> entities.put(name, event);
            case Event.Deleted(var name) -> entities.put(name, event);
            case Event.Looked(var name, var found) -> checkEntity(name, found);
            case Event.Counted(var queue, var ready) -> counted.put(queue, ready);
            case Event.Crashed(var number) -> cycle = number;
            case Event.Drained(var queue) -> drainedToTheEnd.add(queue);
        }
    }

    private static List<Copy> copies(String publisher, long sequence) {
        return Topology.queuesOf(publisher).stream()
                .map(queue -> new Copy(queue, publisher, sequence))
                .toList();
    }

    private void checkDelivery(Event.Delivered delivery) {
        Copy copy = new Copy(delivery.queue(), delivery.publisher(), delivery.sequence());
        deliveries++;
        if (!attempted.contains(copy)) {
            violations.add("PHANTOM, never published: " + delivery);
        }
        if (!delivered.add(copy)) {
            duplicates++;
            if (!delivery.redelivered()) {
                violations.add("DUPLICATE, not flagged: " + delivery);
            }
        }
        if (delivery.consumer().equals("drain")) {
            drained.add(copy);
        }
        Sequel sequel = new Sequel(cycle, delivery.consumer(), delivery.queue(), delivery.publisher());
        Long before = last.put(sequel, delivery.sequence());
        if (before != null && before >= delivery.sequence()) {
            violations.add("OUT OF ORDER, after " + before + ": " + delivery);
        }
    }

    private void checkEntity(String name, boolean found) {
        switch (entities.get(name)) {
            case Event.Declared _ when !found -> violations.add("LOST queue or binding " + name);
            case Event.Deleted _ when found -> violations.add("RISEN queue " + name);
            case null -> violations.add("UNKNOWN queue " + name);
            default -> {}
        }
    }

    private void checkNothingIsLost() {
        confirmed.stream()
                .filter(copy -> !settling.contains(copy) && !drained.contains(copy))
                .forEach(copy -> violations.add("LOST, confirmed and never settled: " + copy));
    }

    private void checkCounts() {
        for (String queue : Topology.QUEUES) {
            if (!drainedToTheEnd.contains(queue)) {
                violations.add("NOT DRAINED " + queue);
            }
            long ready = counted.getOrDefault(queue, -1L);
            long came =
                    drained.stream().filter(copy -> copy.queue().equals(queue)).count();
            if (ready != came) {
                violations.add("MISCOUNTED " + queue + ": said " + ready + ", held " + came);
            }
        }
    }
}
