package io.posthorn.broker.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The queues that one message goes to, each once. Immutable; shared by everything that routes alike where that is
/// known beforehand, equal where it was worked out for one message, and to be kept for as long as the topology it
/// came from is the current one.
public final class Route {
    static final Route NOWHERE = new Route();

    private final QueueEntry[] queues;
    private final int mostInBatch;

    Route(QueueEntry... queues) {
        this.queues = queues;
        int most = Integer.MAX_VALUE;
        for (QueueEntry queue : queues) {
            most = Math.min(most, queue.mostInBatch());
        }
        this.mostInBatch = most;
    }

    static Route to(Collection<QueueEntry> queues) {
        return switch (queues.size()) {
            case 0 -> NOWHERE;
            case 1 -> queues.iterator().next().route();
            default -> new Route(queues.toArray(QueueEntry[]::new));
        };
    }

    /// The same without the queues of which `unwanted` is true.
    public Route without(Predicate<QueueEntry> unwanted) {
        var rest = new ArrayList<QueueEntry>();
        for (QueueEntry queue : queues) {
            if (!unwanted.test(queue)) {
                rest.add(queue);
            }
        }
        return rest.size() == queues.length ? this : to(rest);
    }

    public int size() {
        return queues.length;
    }

    /// How many messages are to be in a batch at most, for the sake of some queue that it goes to.
    public int mostInBatch() {
        return mostInBatch;
    }

    public boolean isEmpty() {
        return queues.length == 0;
    }

    public QueueEntry queue(int index) {
        return queues[index];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Route route && Arrays.equals(queues, route.queues));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(queues);
    }
}
