package io.posthorn.broker.queue;

import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.statistics.Counted;

/// The deliveries of a work queue that nobody has settled yet, whoever holds them, and what becomes of their messages.
/// Confined to the thread of its queue.
final class Unsettled {
    private final WorkQueue queue;
    private final Backlog backlog;
    private final Returns returns;
    private long count;

    Unsettled(WorkQueue queue, Backlog backlog, Returns returns) {
        this.queue = queue;
        this.backlog = backlog;
        this.returns = returns;
    }

    long count() {
        return count;
    }

    void hold(Holder holder, long offset) {
        count++;
        if (holder instanceof Consumer consumer && consumer.took(offset, queue.shard.now())) {
            queue.wakeAt(consumer.deadlineAfter(queue.shard.now()));
        }
        holder.held().add(offset);
    }

    /// Settles those of a range that the holder holds; others were never its, or are settled already.
    void settle(Holder holder, long from, long to, Outcome outcome) {
        OffsetSet held = holder.held();
        long start = held.firstFrom(from);
        while (start != OffsetSet.NONE && start < to) {
            long end = Math.min(held.firstAbsentFrom(start), to);
            drop(holder, start, end);
            end(holder, start, end, outcome);
            start = held.firstFrom(end);
        }
    }

    /// What lies before `end` is gone: the holder has nothing of it to settle.
    void dropBefore(Holder holder, long end) {
        OffsetSet held = holder.held();
        for (long from = held.first(); from != OffsetSet.NONE && from < end; from = held.first()) {
            drop(holder, from, Math.min(held.firstAbsentFrom(from), end));
        }
    }

    /// Of a range that the holder holds, it holds nothing any more.
    void drop(Holder holder, long from, long to) {
        holder.held().removeRange(from, to);
        count -= to - from;
        holder.freed(to - from);
        holder.ended(from, to);
    }

    private void end(Holder holder, long from, long to, Outcome outcome) {
        switch (outcome) {
            case ACCEPTED -> {
                queue.shard.counters().settled += to - from;
                queue.count(Counted.ACK, to - from);
                backlog.leave(from, to);
            }
            case REJECTED -> {
                queue.shard.counters().settled += to - from;
                returns.giveUp(from, to, DeathReason.REJECTED);
            }
            case RELEASED, FAILED -> returns.giveBack(from, to, outcome, holder.mostReturns());
        }
    }

    /// All of them have been given back, whoever holds them.
    void forget() {
        count = 0;
    }
}
