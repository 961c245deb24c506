package io.posthorn.broker.queue;

/// By offset. What came back goes first, as it lies before the cursor.
final class FifoOrder implements DeliveryOrder {
    private final OffsetSet returned = new OffsetSet();
    private final Settlements settlements;

    /// What was settled above the watermark.
    private final OffsetSet settled;

    private long cursor;

    /// How many offsets from the cursor on are settled: some when recovered, none once it has passed them.
    private long settledAhead;

    /// @param settlements as recovered: everything before is done with, some of what follows too
    FifoOrder(Settlements settlements) {
        this.settlements = settlements;
        cursor = settlements.before();
        settled = settlements.above();
        settledAhead = settled.cardinality();
    }

    @Override
    public long next(long visibleEnd) {
        if (!returned.isEmpty()) {
            return returned.first();
        }
        skipSettled();
        return cursor < visibleEnd ? cursor : OffsetSet.NONE;
    }

    @Override
    public long head(long visibleEnd) {
        return next(visibleEnd);
    }

    @Override
    public int upcoming(long visibleEnd, long[] offsets) {
        offsets[0] = next(visibleEnd);
        return offsets[0] == OffsetSet.NONE ? 0 : 1;
    }

    private void skipSettled() {
        if (settledAhead == 0) {
            return;
        }
        long end = Math.max(cursor, settlements.before());
        end = settled.firstAbsentFrom(end);
        settledAhead -= end - cursor;
        cursor = end;
    }

    @Override
    public int heads(long visibleEnd, long[] offsets) {
        offsets[0] = next(visibleEnd);
        return offsets[0] == OffsetSet.NONE ? 0 : 1;
    }

    @Override
    public int mostHeads() {
        return 1;
    }

    @Override
    public void take(long offset) {
        if (offset == cursor) {
            cursor++;
        } else {
            returned.remove(offset);
        }
    }

    @Override
    public void withhold(long from, long to, long visibleEnd) {
        list(to);
        returned.removeRange(from, to);
    }

    @Override
    public void voided(long from, long to) {
        settledAhead += to - from;
    }

    /// What is ready and lies before `end` is as if it had come back.
    private void list(long end) {
        skipSettled();
        while (cursor < end) {
            long nextSettled = settledAhead == 0 ? OffsetSet.NONE : settled.firstFrom(cursor);
            long to = nextSettled == OffsetSet.NONE ? end : Math.min(nextSettled, end);
            returned.addRange(cursor, to);
            cursor = to;
            skipSettled();
        }
    }

    @Override
    public void skipTo(long offset) {
        skipSettled();
        if (offset > cursor) {
            settledAhead -= settled.countFrom(cursor) - settled.countFrom(offset);
            cursor = offset;
        }
    }

    @Override
    public void giveBack(long from, long to) {
        returned.addRange(from, to);
    }

    @Override
    public void giveBackTaken(long from, long to, Redeliveries redeliveries) {
        returned.addAbsent(from, to, redeliveries);
    }

    @Override
    public boolean isReady(long offset) {
        return offset >= cursor || returned.contains(offset);
    }

    @Override
    public long cursor() {
        return cursor;
    }

    @Override
    public long ready(long visibleEnd) {
        return visibleEnd - cursor - settledAhead + returned.cardinality();
    }

    @Override
    public boolean isReturned(long offset) {
        return offset < cursor;
    }

    @Override
    public void takeAll(long visibleEnd, OffsetRanges taken) {
        returned.drainTo(taken);
        for (long offset = next(visibleEnd); offset != OffsetSet.NONE; offset = next(visibleEnd)) {
            long nextSettled = settledAhead == 0 ? OffsetSet.NONE : settled.firstFrom(offset);
            cursor = nextSettled == OffsetSet.NONE ? visibleEnd : Math.min(nextSettled, visibleEnd);
            taken.add(offset, cursor);
        }
    }
}
