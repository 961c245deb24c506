package io.posthorn.testkit;

import io.posthorn.broker.Reply;
import io.posthorn.broker.statistics.QueueStatistics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/// Waits until nothing goes on. Thread-safe.
///
/// In one process the number of what goes on says it all. Over a network something may be on its way
/// without either end knowing: then the broker believes other messages to be out than the program has in
/// its hands.
final class Idleness {
    private static final long BETWEEN_LOOKS_NANOS = 500_000;

    private final Activity activity;

    Idleness(Activity activity) {
        this.activity = activity;
    }

    void await(Incarnations broker, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        do {
            awaitNothing(end, broker);
            if (!broker.isBehindNetwork() || nothingIsOnItsWay(broker, end)) {
                return;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        } while (System.nanoTime() < end);
        throw new AssertionError("something is still on its way between the broker and the program");
    }

    private void awaitNothing(long end, Incarnations broker) {
        try {
            if (!activity.awaitNothing(Duration.ofNanos(end - System.nanoTime()))) {
                throw new AssertionError("%d things still go on; %s. Does a handler wait for something?"
                        .formatted(activity.going(), inHands(broker)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while something went on", e);
        }
    }

    private static String inHands(Incarnations broker) {
        var text = new StringBuilder("deliveries that are not settled:");
        for (WatchedLink link : broker.links()) {
            for (String queue : link.queues()) {
                if (link.unsettled(queue) > 0) {
                    text.append(" %d of queue '%s'".formatted(link.unsettled(queue), queue));
                }
            }
        }
        return text.toString();
    }

    /// What was asked is compared only if nothing has begun meanwhile, but for the asking.
    private boolean nothingIsOnItsWay(Incarnations broker, long end) {
        long before = links(broker);
        List<QueueStatistics> queues = queues(broker);
        awaitNothing(end, broker);
        return queues.stream().allMatch(queue -> agree(broker, queue)) && links(broker) == before;
    }

    private static boolean agree(Incarnations broker, QueueStatistics queue) {
        String name = queue.queue().name();
        List<WatchedLink> users = broker.links().stream()
                .filter(link -> link.queues().contains(name))
                .toList();
        return users.isEmpty()
                || users.stream().mapToInt(link -> link.unsettled(name)).sum() == queue.unsettled();
    }

    private static long links(Incarnations broker) {
        return broker.links().stream().mapToLong(WatchedLink::begun).sum();
    }

    private static List<QueueStatistics> queues(Incarnations broker) {
        var answer = new CompletableFuture<List<QueueStatistics>>();
        broker.server().broker().statistics().queues(null, Reply.to(answer));
        return answer.join();
    }
}
