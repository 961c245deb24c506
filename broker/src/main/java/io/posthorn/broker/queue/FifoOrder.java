package io.posthorn.broker.queue;

/// The order of delivery of a queue: by offset. What came back goes first, as it lies before the cursor.
///
/// Other orders (priority, last in first out) are other answers to [#next] over the same offsets.
final class FifoOrder {
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

    /// The message to deliver next, or [OffsetSet#NONE].
    long next(long visibleEnd) {
        if (!returned.isEmpty()) {
            return returned.first();
        }
        skipSettled();
        return cursor < visibleEnd ? cursor : OffsetSet.NONE;
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

    void take(long offset) {
        if (offset == cursor) {
            cursor++;
        } else {
            returned.remove(offset);
        }
    }

    /// Passes over everything before `offset` that the log does not have any more.
    void skipTo(long offset) {
        skipSettled();
        if (offset > cursor) {
            settledAhead -= settled.countFrom(cursor) - settled.countFrom(offset);
            cursor = offset;
        }
    }

    void giveBack(long from, long to) {
        returned.addRange(from, to);
    }

    /// Gives back what was taken of a range, and counts it as delivered; the rest is given back already.
    void giveBackTaken(long from, long to, Redeliveries redeliveries) {
        long start = returned.firstAbsentFrom(from);
        while (start < to) {
            long next = returned.firstFrom(start);
            long end = next == OffsetSet.NONE ? to : Math.min(next, to);
            redeliveries.add(start, end);
            returned.addRange(start, end);
            start = returned.firstAbsentFrom(end);
        }
    }

    long cursor() {
        return cursor;
    }

    long ready(long visibleEnd) {
        return visibleEnd - cursor - settledAhead + returned.cardinality();
    }

    boolean isReturned(long offset) {
        return offset < cursor;
    }

    /// Takes everything that is ready, as ranges.
    void takeAll(long visibleEnd, OffsetRanges taken) {
        for (long from = returned.first(); from != OffsetSet.NONE; from = returned.first()) {
            long to = returned.firstAbsentFrom(from);
            returned.removeRange(from, to);
            taken.add(from, to);
        }
        for (long offset = next(visibleEnd); offset != OffsetSet.NONE; offset = next(visibleEnd)) {
            long nextSettled = settledAhead == 0 ? OffsetSet.NONE : settled.firstFrom(offset);
            cursor = nextSettled == OffsetSet.NONE ? visibleEnd : Math.min(nextSettled, visibleEnd);
            taken.add(offset, cursor);
        }
    }
}
