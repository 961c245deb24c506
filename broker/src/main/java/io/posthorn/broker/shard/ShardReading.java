package io.posthorn.broker.shard;

import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.QueueStatistics;
import java.util.ArrayList;
import java.util.List;

/// A shard at one instant.
///
/// @param counts of all queues since the start, those that are gone too
/// @param ready messages of the queues asked for that wait for a consumer
/// @param unsettled messages of them that are delivered and not yet settled
/// @param queues one by one, where that was asked for
public record ShardReading(Counts counts, long ready, long unsettled, long consumers, List<QueueStatistics> queues) {
    static final class Builder {
        private final Counters counters;
        private final boolean each;
        private final List<QueueStatistics> queues = new ArrayList<>();
        private long ready;
        private long unsettled;
        private long consumers;

        Builder(Counters counters, boolean each) {
            this.counters = counters;
            this.each = each;
        }

        void add(QueueStatistics queue) {
            unsettled += queue.unsettled();
            // What a cursor has not settled is in its log.
            ready += queue.queue().source() == null ? queue.ready() : 0;
            consumers += queue.consumers();
            if (each) {
                queues.add(queue);
            }
        }

        ShardReading build() {
            return new ShardReading(counters.tally.now(), ready, unsettled, consumers, queues);
        }
    }
}
