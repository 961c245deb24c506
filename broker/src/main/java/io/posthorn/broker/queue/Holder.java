package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;

/// Who holds deliveries of one queue that are not settled yet. Made by a session, then touched by the queue's
/// thread only.
public abstract sealed class Holder permits Consumer, Getter, Lessee {
    private final OffsetSet held = new OffsetSet();

    /// Why one that its owner has let go of gets nothing.
    public static BrokerException hasGone() {
        return new BrokerException.PreconditionFailed("who asked for messages has gone");
    }

    /// The offsets delivered and not settled.
    final OffsetSet held() {
        return held;
    }

    /// Adds which deliveries of the range are held.
    final void collect(long from, long to, OffsetRanges into) {
        long start = held.firstFrom(from);
        while (start != OffsetSet.NONE && start < to) {
            long end = Math.min(held.firstAbsentFrom(start), to);
            into.add(start, end);
            start = held.firstFrom(end);
        }
    }

    /// So many deliveries are held no more.
    void freed(long deliveries) {}

    /// It does not hold this range any more.
    void ended(long from, long to) {}

    /// How often what it gives back may have come back; beyond that it is given up.
    int mostReturns() {
        return Redeliveries.MOST;
    }

    /// The queue of these deliveries is gone: there is nothing to settle.
    public final void lose(long from, long to) {
        long start = held.firstFrom(from);
        while (start != OffsetSet.NONE && start < to) {
            long end = Math.min(held.firstAbsentFrom(start), to);
            held.removeRange(start, end);
            freed(end - start);
            ended(start, end);
            start = held.firstFrom(end);
        }
    }
}
