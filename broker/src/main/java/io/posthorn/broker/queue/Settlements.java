package io.posthorn.broker.queue;

/// Which messages of a queue are done with: all before a watermark, and some above it.
public final class Settlements {
    private final OffsetSet above = new OffsetSet();
    private long before;

    /// Everything before this offset is settled.
    public long before() {
        return before;
    }

    /// What is settled at or above [#before]. Never holds [#before] itself.
    public OffsetSet above() {
        return above;
    }

    /// Nothing from this offset on is settled.
    public long end() {
        return above.isEmpty() ? before : above.last() + 1;
    }

    public boolean isSettled(long offset) {
        return offset < before || above.contains(offset);
    }

    /// Settles a range; settling twice changes nothing.
    public void add(long from, long to) {
        if (to <= before) {
            return;
        }
        if (from <= before) {
            advance(to);
        } else {
            above.addRange(from, to);
        }
    }

    /// Everything before `offset` is settled, whatever was known before.
    public void advance(long offset) {
        if (offset > before) {
            before = above.isEmpty() ? offset : above.firstAbsentFrom(offset);
            if (!above.isEmpty()) {
                above.removeRange(0, before);
            }
        }
    }

    /// The same settlements, which no longer change with these.
    public Settlements copy() {
        var copy = new Settlements();
        copy.before = before;
        for (long from = above.first(); from != OffsetSet.NONE; ) {
            long to = above.firstAbsentFrom(from);
            copy.above.addRange(from, to);
            from = above.firstFrom(to);
        }
        return copy;
    }
}
