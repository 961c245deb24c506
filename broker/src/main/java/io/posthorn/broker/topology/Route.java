package io.posthorn.broker.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The queues that one message goes to, each once. Immutable; shared by everything that routes alike where that is
/// known beforehand, equal where it was worked out for one message, and to be kept for as long as the topology it
/// came from is the current one.
public final class Route {
    private static final DelayEntry[] NOT_DELAYED = {};

    public static final Route NOWHERE = new Route();

    private final QueueEntry[] queues;
    private final DelayEntry[] delays;
    private final boolean leadsToTopics;

    Route(QueueEntry... queues) {
        this(queues, NOT_DELAYED);
    }

    private Route(QueueEntry[] queues, DelayEntry... delays) {
        this.queues = queues;
        this.delays = delays;
        this.leadsToTopics = anyTopic(queues);
    }

    private static boolean anyTopic(QueueEntry[] queues) {
        for (QueueEntry queue : queues) {
            if (queue.isOfTopic()) {
                return true;
            }
        }
        return false;
    }

    static Route waitingAt(DelayEntry delay) {
        return new Route(new QueueEntry[0], delay);
    }

    /// The same queues, and exchanges at which the message waits.
    Route and(Collection<DelayEntry> more) {
        return new Route(queues, more.toArray(DelayEntry[]::new));
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
        if (rest.size() == queues.length) {
            return this;
        }
        return delays.length == 0 ? to(rest) : new Route(rest.toArray(QueueEntry[]::new), delays);
    }

    /// Whether a partition is still to be chosen for some of the queues.
    public boolean leadsToTopics() {
        return leadsToTopics;
    }

    /// The same, with one partition in the place of each topic.
    public Route toPartitions(UnaryOperator<QueueEntry> choice) {
        if (queues.length == 1 && delays.length == 0) {
            return choice.apply(queues[0]).route();
        }
        var chosen = queues.clone();
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i].isOfTopic()) {
                chosen[i] = choice.apply(chosen[i]);
            }
        }
        return new Route(chosen, delays);
    }

    public int size() {
        return queues.length;
    }

    /// How many messages are to be in a batch at most, for the sake of some queue that it goes to. Asked per batch: it
    /// changes with policies.
    public int mostInBatch() {
        int most = Integer.MAX_VALUE;
        for (QueueEntry queue : queues) {
            most = Math.min(most, queue.mostInBatch());
        }
        return most;
    }

    /// Whether the message goes nowhere, and waits nowhere either.
    public boolean isEmpty() {
        return queues.length == 0 && delays.length == 0;
    }

    /// At how many exchanges the message waits for its time.
    public int delayCount() {
        return delays.length;
    }

    public DelayEntry delay(int index) {
        return delays[index];
    }

    public QueueEntry queue(int index) {
        return queues[index];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Route route
                        && Arrays.equals(queues, route.queues)
                        && Arrays.equals(delays, route.delays));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(queues) + Arrays.hashCode(delays);
    }
}
