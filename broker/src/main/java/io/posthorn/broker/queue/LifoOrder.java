package io.posthorn.broker.queue;

/// The newest first. What came back goes to its place again: it is the next only while nothing newer is there.
final class LifoOrder implements DeliveryOrder {
    private final OffsetSet ready = new OffsetSet();
    private final Settlements settlements;

    /// Everything before is listed, taken or settled.
    private long known;

    /// @param settlements as recovered: everything before is done with, some of what follows too
    LifoOrder(Settlements settlements) {
        this.settlements = settlements;
        known = settlements.before();
    }

    private void catchUp(long visibleEnd) {
        while (known < visibleEnd) {
            OffsetSet settled = settlements.above();
            long from = settled.firstAbsentFrom(Math.max(known, settlements.before()));
            long next = settled.isEmpty() ? OffsetSet.NONE : settled.firstFrom(from);
            long to = next == OffsetSet.NONE ? visibleEnd : Math.min(next, visibleEnd);
            if (from < to) {
                ready.addRange(from, to);
            }
            known = Math.max(known, Math.max(from, to));
        }
    }

    @Override
    public long next(long visibleEnd) {
        catchUp(visibleEnd);
        return ready.last();
    }

    @Override
    public long head(long visibleEnd) {
        catchUp(visibleEnd);
        return ready.first();
    }

    @Override
    public int upcoming(long visibleEnd, long[] offsets) {
        catchUp(visibleEnd);
        int count = 0;
        for (long offset = ready.last();
                offset != OffsetSet.NONE && count < offsets.length;
                offset = ready.lastBefore(offset)) {
            offsets[count++] = offset;
        }
        return count;
    }

    @Override
    public int heads(long visibleEnd, long[] offsets) {
        offsets[0] = next(visibleEnd);
        offsets[1] = ready.first();
        return offsets[0] == OffsetSet.NONE ? 0 : offsets[0] == offsets[1] ? 1 : 2;
    }

    @Override
    public int mostHeads() {
        return 2;
    }

    @Override
    public void take(long offset) {
        ready.remove(offset);
    }

    @Override
    public void skipTo(long offset) {
        throw new IllegalStateException("nothing lies ahead of what is listed");
    }

    @Override
    public void giveBack(long from, long to) {
        ready.addRange(from, to);
    }

    @Override
    public void giveBackTaken(long from, long to, Redeliveries redeliveries) {
        ready.addAbsent(from, to, redeliveries);
    }

    @Override
    public boolean isReady(long offset) {
        return offset >= known || ready.contains(offset);
    }

    @Override
    public long cursor() {
        return known;
    }

    @Override
    public long ready(long visibleEnd) {
        catchUp(visibleEnd);
        return ready.cardinality();
    }

    @Override
    public boolean isReturned(long offset) {
        return true;
    }

    @Override
    public void takeAll(long visibleEnd, OffsetRanges taken) {
        catchUp(visibleEnd);
        ready.drainTo(taken);
    }
}
