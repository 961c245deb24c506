package io.posthorn.broker.queue;

import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;

/// What is told of a queue to those who ask how it is.
final class QueueReport {
    private QueueReport() {}

    static QueueStatus status(Queue queue) {
        return new QueueStatus(
                queue.spec.name(),
                queue.spec.durable(),
                queue.spec.exclusive(),
                queue.spec.autoDelete(),
                queue.ready(),
                queue.unsettled(),
                queue.countedConsumers(),
                queue.duplicates(),
                queue.pausedBecause(),
                queue.spec.type());
    }

    /// @param entry what the queue is in the topology
    static QueueStatistics statistics(Queue queue, QueueEntry entry) {
        Activity known = queue.activity();
        Consumer active = queue.consumers.active();
        return new QueueStatistics(
                entry,
                true,
                queue.ready(),
                queue.unsettled(),
                queue.countedConsumers(),
                known == null ? Counts.NONE : known.tally.now(),
                queue.averageBytes(),
                queue.headTime(),
                known == null ? 0 : known.usedAt,
                active == null ? null : active.tag(),
                known == null ? 0 : known.waitedMillis(queue.shard.now()),
                queue.consumerCount() > 0 && !queue.isPaused() && !queue.waitsForConsumers(),
                queue.duplicates(),
                queue.pausedBecause());
    }
}
