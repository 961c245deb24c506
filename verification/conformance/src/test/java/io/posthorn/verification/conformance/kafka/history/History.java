package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What happened, in the order in which it did. Thread-safe.
final class History {
    private final List<Event> events = new ArrayList<>();

    synchronized void add(Event event) {
        events.add(event);
    }

    /// Waits until so many more events of this kind have come.
    synchronized void awaitMore(Class<? extends Event> kind, int count, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        int from = events.size();
        while (count(kind, from) < count) {
            long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (millis <= 0) {
                throw new AssertionError("the load does not go on: only %d of %d times %s"
                        .formatted(count(kind, from), count, kind.getSimpleName()));
            }
            wait(Math.min(millis, 100));
        }
    }

    private long count(Class<? extends Event> kind, int from) {
        return events.subList(from, events.size()).stream()
                .filter(kind::isInstance)
                .count();
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }
}
