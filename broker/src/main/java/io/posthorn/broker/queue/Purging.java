package io.posthorn.broker.queue;

import io.posthorn.broker.statistics.Counted;

/// What is ready leaves a queue, for good, unseen. What is delivered stays with who has it.
record Purging(WorkQueue queue, DeliveryOrder order, QueueLength length) {
    void before(long offset) {
        long end = Math.min(offset, queue.visibleEnd);
        OffsetSet settled = queue.state.settlements().above();
        long purged = 0;
        for (long next = queue.start(); next < end; next++) {
            next = settled.isEmpty() ? next : settled.firstAbsentFrom(next);
            if (next < end && order.isReady(next)) {
                order.withhold(next, next + 1, queue.visibleEnd);
                length.taken(next, next + 1);
                queue.leave(next, next + 1);
                purged++;
            }
        }
        queue.count(Counted.PURGED, purged);
    }

    /// @return how many messages that were
    long everything() {
        var taken = new OffsetRanges();
        order.takeAll(queue.visibleEnd, taken);
        length.takenBefore(queue.visibleEnd);
        long count = 0;
        for (int i = 0; i < taken.size(); i++) {
            queue.settled(taken.from(i), taken.to(i));
            count += taken.to(i) - taken.from(i);
        }
        queue.count(Counted.PURGED, count);
        return count;
    }
}
