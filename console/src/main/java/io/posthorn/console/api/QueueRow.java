package io.posthorn.console.api;

import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.console.rates.Trend;
import org.jspecify.annotations.Nullable;

/// A queue in a list: what the topology says of it, and, once it was asked for, what it holds and does. Confined to the
/// thread of one request.
final class QueueRow {
    private final QueueEntry queue;
    private @Nullable QueueStatistics statistics;
    private @Nullable Trend trend;

    QueueRow(QueueEntry queue) {
        this.queue = queue;
    }

    QueueEntry queue() {
        return queue;
    }

    void tell(QueueStatistics newStatistics, Trend newTrend) {
        statistics = newStatistics;
        trend = newTrend;
    }

    /// Of one that is gone in the meantime: that it is out of order.
    QueueStatistics statistics() {
        return statistics == null ? QueueStatistics.outOfOrder(queue) : statistics;
    }

    /// Null before anything is known.
    @Nullable
    Trend trend() {
        return trend;
    }
}
