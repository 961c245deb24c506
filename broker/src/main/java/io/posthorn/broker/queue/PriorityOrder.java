package io.posthorn.broker.queue;

/// The highest priority first; among equals the oldest, or the newest. What came back goes to its place again.
final class PriorityOrder implements DeliveryOrder {
    private final MessageTable messages;
    private final boolean newestFirst;
    private final Redeliveries redeliveries;
    private final PriorityTally tally;
    private final long[] head = new long[1];

    /// Everything before is marked as ready, or taken, or has left.
    private long known;

    /// @param most the highest priority; those of the messages are not higher
    PriorityOrder(int most, boolean newestFirst, QueueState state, MessageTable messages) {
        this.messages = messages;
        this.newestFirst = newestFirst;
        this.redeliveries = state.redeliveries();
        this.tally = new PriorityTally(most);
        known = state.settlements().before();
    }

    private void catchUp(long visibleEnd) {
        if (known < visibleEnd) {
            messages.makeReady(known, visibleEnd, tally, redeliveries, false);
            known = visibleEnd;
        }
    }

    @Override
    public long next(long visibleEnd) {
        catchUp(visibleEnd);
        int top = tally.top();
        if (top < 0) {
            return OffsetSet.NONE;
        }
        return newestFirst ? newest(top) : oldest(top);
    }

    private long oldest(int priority) {
        long offset = messages.first(priority, tally.lowest(priority));
        tally.foundLowest(priority, offset);
        return offset;
    }

    private long newest(int priority) {
        long offset = messages.last(priority, tally.highest(priority));
        tally.foundHighest(priority, offset);
        return offset;
    }

    @Override
    public long head(long visibleEnd) {
        catchUp(visibleEnd);
        int top = tally.top();
        return top < 0 ? OffsetSet.NONE : oldest(top);
    }

    @Override
    public int upcoming(long visibleEnd, long[] offsets) {
        catchUp(visibleEnd);
        int count = 0;
        for (int priority = tally.top(); priority >= 0 && count < offsets.length; priority--) {
            if (tally.count(priority) > 0) {
                long from = newestFirst ? tally.highest(priority) : tally.lowest(priority);
                count = messages.collectReady(priority, from, newestFirst, offsets, count);
            }
        }
        return count;
    }

    @Override
    public int heads(long visibleEnd, long[] offsets) {
        long next = next(visibleEnd);
        if (next == OffsetSet.NONE) {
            return 0;
        }
        offsets[0] = next;
        int count = 1;
        for (int priority = tally.top(); priority >= 0; priority--) {
            if (tally.count(priority) > 0
                    && messages.collectReady(priority, tally.lowest(priority), false, head, 0) > 0) {
                tally.foundLowest(priority, head[0]);
                if (head[0] != next) {
                    offsets[count++] = head[0];
                }
            }
        }
        return count;
    }

    @Override
    public int mostHeads() {
        return tally.most() + 2;
    }

    @Override
    public void take(long offset) {
        messages.take(offset, tally);
    }

    @Override
    public void skipTo(long offset) {
        throw new IllegalStateException("nothing lies ahead of what is listed");
    }

    @Override
    public void giveBack(long from, long to) {
        messages.makeReady(from, to, tally, redeliveries, false);
    }

    @Override
    public void giveBackTaken(long from, long to, Redeliveries counted) {
        messages.makeReady(from, to, tally, counted, true);
    }

    @Override
    public boolean isReady(long offset) {
        return offset >= known || messages.isReady(offset);
    }

    @Override
    public long cursor() {
        return known;
    }

    @Override
    public long ready(long visibleEnd) {
        catchUp(visibleEnd);
        return tally.ready();
    }

    @Override
    public boolean isReturned(long offset) {
        return true;
    }

    @Override
    public void takeAll(long visibleEnd, OffsetRanges taken) {
        catchUp(visibleEnd);
        messages.takeAll(taken);
        tally.clear();
    }
}
