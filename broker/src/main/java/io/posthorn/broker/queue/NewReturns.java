package io.posthorn.broker.queue;

import java.util.Map;
import java.util.TreeMap;

/// Messages of a queue that came back in a pass, as the journal is told: how often each has, and which wait.
public final class NewReturns {
    private final Map<Integer, OffsetRanges> byCount = new TreeMap<>();
    private final Map<Long, OffsetRanges> byDue = new TreeMap<>();

    void cameBack(int count, long from, long to) {
        byCount.computeIfAbsent(count, _ -> new OffsetRanges()).add(from, to);
    }

    void waits(long due, long from, long to) {
        byDue.computeIfAbsent(due, _ -> new OffsetRanges()).add(from, to);
    }

    /// By how often they came back, this time included.
    public Map<Integer, OffsetRanges> byCount() {
        return byCount;
    }

    /// Those that wait, by when they are ready again.
    public Map<Long, OffsetRanges> byDue() {
        return byDue;
    }

    void clear() {
        byCount.clear();
        byDue.clear();
    }
}
