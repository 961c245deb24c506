package io.posthorn.broker;

import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Partitions and cursors as the one queue that their name stands for.
final class TopicStatistics {
    private final Topology topology;

    TopicStatistics(Topology topology) {
        this.topology = topology;
    }

    /// Whether what its name stands for has several parts, or may have.
    boolean isPart(QueueEntry queue) {
        return queue.isOfTopic() || !queue.isHead() || hasCursors(queue);
    }

    private boolean hasCursors(QueueEntry queue) {
        return queue.spec().isStream()
                && topology.hasVirtualHost(queue.virtualHost())
                && !topology.virtualHost(queue.virtualHost())
                        .cursorsOf(queue.name())
                        .isEmpty();
    }

    /// All that belongs to what the queue's name stands for; the queue alone when it is gone.
    List<QueueEntry> partsOf(QueueEntry queue) {
        return topology.isThere(queue)
                ? topology.virtualHost(queue.virtualHost()).belongingTo(queue.name())
                : List.of(queue);
    }

    /// One for each queue, of all that shards have told. Parts of what is gone meanwhile are left out.
    List<QueueStatistics> whole(List<QueueStatistics> all) {
        if (all.stream().noneMatch(each -> isPart(each.queue()))) {
            return all;
        }
        var whole = new ArrayList<QueueStatistics>();
        var parts = new HashMap<QueueEntry, Map<QueueEntry, QueueStatistics>>();
        for (QueueStatistics each : all) {
            QueueEntry head = isPart(each.queue()) ? headOf(each.queue()) : null;
            if (head != null) {
                parts.computeIfAbsent(head, _ -> new HashMap<>()).put(each.queue(), each);
            } else if (!isPart(each.queue())) {
                whole.add(each);
            }
        }
        parts.forEach((head, known) -> whole.add(together(head, known)));
        return whole;
    }

    private @Nullable QueueEntry headOf(QueueEntry part) {
        return topology.isThere(part) ? topology.virtualHost(part.virtualHost()).queue(part.name()) : null;
    }

    /// What waits is what the cursor that all share has not settled; without one, all that is kept.
    QueueStatistics together(QueueEntry head, Map<QueueEntry, QueueStatistics> known) {
        VirtualHost host = topology.virtualHost(head.virtualHost());
        var cursors = host.cursorsOf(head.name());
        var partitions = of(host.queuesNamed(head.name()), known);
        var work = of(cursors.getOrDefault(TopicAsQueue.WORK, List.of()), known);
        var all = List.copyOf(known.values());
        return new QueueStatistics(
                head,
                all.stream().allMatch(QueueStatistics::isSound),
                sum(work.isEmpty() ? partitions : work, QueueStatistics::ready),
                sum(all, QueueStatistics::unsettled),
                all.stream().mapToInt(QueueStatistics::consumers).sum(),
                all.stream().map(QueueStatistics::counts).reduce(Counts.NONE, Counts::plus),
                (long) partitions.stream()
                        .mapToLong(QueueStatistics::messageBytes)
                        .filter(bytes -> bytes > 0)
                        .average()
                        .orElse(0),
                0,
                all.stream().mapToLong(QueueStatistics::usedAt).max().orElse(0),
                null,
                all.stream().mapToLong(QueueStatistics::waitedMillis).max().orElse(0),
                all.stream().anyMatch(QueueStatistics::canTake),
                sum(all, QueueStatistics::duplicates),
                all.getFirst().pausedBecause());
    }

    private static List<QueueStatistics> of(List<QueueEntry> parts, Map<QueueEntry, QueueStatistics> known) {
        return parts.stream().map(known::get).filter(Objects::nonNull).toList();
    }

    private static long sum(List<QueueStatistics> parts, ToLongFunction<QueueStatistics> what) {
        return parts.stream().mapToLong(what).sum();
    }
}
