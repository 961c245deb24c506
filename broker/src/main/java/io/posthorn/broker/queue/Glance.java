package io.posthorn.broker.queue;

import io.posthorn.broker.MessageState;
import java.util.ArrayList;
import java.util.List;

/// What a queue knows of some of its messages without reading them.
///
/// @param next the first offset that was not looked at
/// @param end whether there is nothing from there on
public record Glance(List<Seen> seen, long next, boolean end) {
    /// So many offsets are looked through at once for those in one state.
    private static final int MOST_LOOKED_THROUGH = 100_000;

    public record Seen(long offset, boolean redelivered, int deliveryCount) {}

    /// @param most ready or unsettled ones; a page may have fewer, as only so much is looked through at once
    static Glance at(Queue queue, MessageState wanted, long from, int most) {
        var seen = new ArrayList<Seen>();
        Settlements settlements = queue.state.settlements();
        Redeliveries redeliveries = queue.state.redeliveries();
        OffsetSet settled = settlements.above();
        long end = wanted == MessageState.READY ? queue.visibleEnd : queue.takenEnd();
        long offset = Math.max(from, settlements.before());
        for (int i = 0; i < MOST_LOOKED_THROUGH && seen.size() < most; i++) {
            offset = settled.isEmpty() ? offset : settled.firstAbsentFrom(offset);
            if (offset >= end) {
                return new Glance(seen, offset, true);
            }
            if (queue.isReady(offset) == (wanted == MessageState.READY)) {
                seen.add(new Seen(offset, redeliveries.contains(offset), redeliveries.count(offset)));
            }
            offset++;
        }
        return new Glance(seen, offset, offset >= end);
    }
}
