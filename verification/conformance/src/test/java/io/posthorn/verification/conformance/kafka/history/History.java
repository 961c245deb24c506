package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What happened, in the order in which it did. Thread-safe.
final class History {
    private final List<Event> events = new ArrayList<>();

    synchronized void add(Event event) {
        events.add(event);
        notifyAll();
    }

    /// Waits until so many more events of this kind have come.
    synchronized void awaitMore(Class<? extends Event> kind, int count, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        int next = events.size();
        int come = 0;
        while (come < count) {
            if (next < events.size()) {
                come += kind.isInstance(events.get(next)) ? 1 : 0;
                next++;
                continue;
            }
            long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (millis <= 0) {
                throw new AssertionError(
                        "the load does not go on: only %d of %d times %s".formatted(come, count, kind.getSimpleName()));
            }
            wait(millis);
        }
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }
}
