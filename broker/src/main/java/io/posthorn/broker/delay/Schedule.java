package io.posthorn.broker.delay;

import java.util.Arrays;

/// The next messages of one bucket by due time and offset: one `long` of heap each, and no more of them than fit.
///
/// What is behind the horizon is not here, but in the log, from which it is read when its time comes near. What a
/// scan of the log has found is sorted; what was published since is a heap.
final class Schedule {
    /// Answered when there is none.
    static final long NONE = Long.MAX_VALUE;

    /// A log that takes more than this is followed by another.
    static final int OFFSET_BITS = 26;

    static final long MOST_OFFSETS = 1L << OFFSET_BITS;

    /// This many of those published since the last scan are held.
    private static final int MOST_RECENT = 1 << 18;

    private static final long[] EMPTY = {};

    private final long from;
    private final int mostRecent;
    private long[] found = EMPTY;
    private int next;
    private long[] recent = EMPTY;
    private int recentCount;

    /// Keys from here on are not held; [#NONE] when all are.
    private long horizon;

    Schedule(Span span) {
        this(span, MOST_RECENT);
    }

    Schedule(Span span, int mostRecent) {
        this.from = span.from();
        this.mostRecent = mostRecent;
    }

    long key(long due, long offset) {
        return key(from, due, offset);
    }

    static long key(long from, long due, long offset) {
        return (due - from) << OFFSET_BITS | offset;
    }

    long dueOf(long key) {
        return from + (key >> OFFSET_BITS);
    }

    static long offsetOf(long key) {
        return key & (MOST_OFFSETS - 1);
    }

    /// Whether nothing lies behind the horizon.
    boolean isComplete() {
        return horizon == NONE;
    }

    /// The due time from which on messages are not held.
    long horizonDue() {
        return isComplete() ? NONE : dueOf(horizon);
    }

    long horizon() {
        return horizon;
    }

    /// How many are held.
    int size() {
        return found.length - next + recentCount;
    }

    long bytes() {
        return (long) Long.BYTES * (found.length + recent.length);
    }

    /// From now on everything that is added is held: there is nothing else, or a scan finds it.
    void open() {
        horizon = NONE;
    }

    void add(long due, long offset) {
        long key = key(due, offset);
        if (key < horizon) {
            push(key);
        }
    }

    /// Lets the later half go when too many were added. Not while a scan is under way, which counts on them.
    void limit() {
        if (recentCount <= mostRecent) {
            return;
        }
        Arrays.sort(recent, 0, recentCount); // which is a heap as well
        recentCount /= 2;
        moveHorizon(recent[recentCount]);
        recent = Arrays.copyOf(recent, Math.max(recentCount, 16));
    }

    /// What a scan has found, all of it not held before.
    ///
    /// @param keys sorted
    /// @param newHorizon from where on the scan has left out what it found
    void found(long[] keys, long newHorizon) {
        int rest = found.length - next;
        long[] all = new long[rest + keys.length];
        System.arraycopy(found, next, all, 0, rest);
        System.arraycopy(keys, 0, all, rest, keys.length);
        if (rest > 0 && keys.length > 0 && all[rest - 1] > keys[0]) {
            Arrays.sort(all);
        }
        found = all;
        next = 0;
        moveHorizon(newHorizon);
    }

    private void moveHorizon(long newHorizon) {
        horizon = newHorizon;
        int end = Arrays.binarySearch(found, next, found.length, newHorizon);
        if (end < 0) {
            end = -end - 1;
        }
        if (end < found.length) {
            found = Arrays.copyOfRange(found, next, end);
            next = 0;
        }
    }

    /// The first key, or [#NONE].
    long peek() {
        while (recentCount > 0 && recent[0] >= horizon) {
            recentCount = 0; // the first is the smallest: all are behind the horizon
        }
        long first = next < found.length ? found[next] : NONE;
        return recentCount > 0 ? Math.min(first, recent[0]) : first;
    }

    /// Due time of the first, or [#NONE].
    long firstDue() {
        long key = peek();
        return key == NONE ? NONE : dueOf(key);
    }

    /// Takes the first key; there is one.
    long poll() {
        long key = peek();
        if (next < found.length && found[next] == key) {
            if (++next == found.length) {
                found = EMPTY;
                next = 0;
            }
        } else {
            pop();
        }
        return key;
    }

    private void push(long key) {
        if (recentCount == recent.length) {
            recent = Arrays.copyOf(recent, Math.max(16, recentCount + recentCount / 2));
        }
        int at = recentCount++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (recent[parent] <= key) {
                break;
            }
            recent[at] = recent[parent];
            at = parent;
        }
        recent[at] = key;
    }

    private void pop() {
        long last = recent[--recentCount];
        int at = 0;
        for (int child = 1; child < recentCount; child = 2 * at + 1) {
            if (child + 1 < recentCount && recent[child + 1] < recent[child]) {
                child++;
            }
            if (recent[child] >= last) {
                break;
            }
            recent[at] = recent[child];
            at = child;
        }
        recent[at] = last;
        if (recentCount == 0) {
            recent = EMPTY;
        }
    }
}
