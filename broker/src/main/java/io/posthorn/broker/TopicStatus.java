package io.posthorn.broker;

import java.util.List;

/// The parts of a topic as one queue.
final class TopicStatus {
    private TopicStatus() {}

    /// @param parts of one kind, at least one. Whoever consumes is counted at one of them.
    static QueueStatus together(List<QueueStatus> parts) {
        QueueStatus first = parts.getFirst();
        return new QueueStatus(
                first.name(),
                first.durable(),
                first.exclusive(),
                first.autoDelete(),
                parts.stream().mapToLong(QueueStatus::ready).sum(),
                parts.stream().mapToLong(QueueStatus::unsettled).sum(),
                parts.stream().mapToInt(QueueStatus::consumers).sum(),
                0,
                first.pausedBecause(),
                first.type());
    }

    /// @param partitions and who reads them
    /// @param cursor and who competes for what it has not settled
    static QueueStatus of(QueueStatus partitions, QueueStatus cursor) {
        return new QueueStatus(
                partitions.name(),
                partitions.durable(),
                partitions.exclusive(),
                partitions.autoDelete(),
                cursor.ready(),
                cursor.unsettled() + partitions.unsettled(),
                cursor.consumers() + partitions.consumers(),
                0,
                partitions.pausedBecause(),
                partitions.type());
    }
}
