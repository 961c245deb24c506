package io.posthorn.broker.queue;

import io.posthorn.broker.statistics.Counted;

/// What is ready leaves a queue, for good, unseen. What is delivered stays with who has it.
record Purging(WorkQueue queue, Backlog backlog) {
    void before(long offset) {
        long end = Math.min(offset, queue.visibleEnd);
        OffsetSet settled = queue.state.settlements().above();
        long purged = 0;
        for (long next = queue.start(); next < end; next++) {
            next = settled.isEmpty() ? next : settled.firstAbsentFrom(next);
            if (next < end && backlog.isReady(next)) {
                backlog.withhold(next, next + 1);
                backlog.leave(next, next + 1);
                purged++;
            }
        }
        queue.count(Counted.PURGED, purged);
    }

    /// @return how many messages that were
    long everything() {
        var taken = new OffsetRanges();
        backlog.takeAll(taken);
        long count = 0;
        for (int i = 0; i < taken.size(); i++) {
            queue.settled(taken.from(i), taken.to(i));
            count += taken.to(i) - taken.from(i);
        }
        queue.count(Counted.PURGED, count);
        return count;
    }
}
