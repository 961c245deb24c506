package io.posthorn.broker.queue;

import java.util.Arrays;

/// How many messages of each priority are ready, and where to look for them.
final class PriorityTally {
    private final int[] counts;

    /// No message of the priority that is ready lies before.
    private final long[] lowest;

    /// Nor behind.
    private final long[] highest;

    /// No message of a higher priority is ready.
    private int top = -1;

    private long ready;

    /// @param most the highest priority
    PriorityTally(int most) {
        counts = new int[most + 1];
        lowest = new long[most + 1];
        highest = new long[most + 1];
    }

    /// The highest priority there may be.
    int most() {
        return counts.length - 1;
    }

    long ready() {
        return ready;
    }

    int count(int priority) {
        return counts[priority];
    }

    void added(int priority, long offset) {
        if (counts[priority]++ == 0) {
            lowest[priority] = offset;
            highest[priority] = offset;
        } else {
            lowest[priority] = Math.min(lowest[priority], offset);
            highest[priority] = Math.max(highest[priority], offset);
        }
        top = Math.max(top, priority);
        ready++;
    }

    void removed(int priority) {
        counts[priority]--;
        ready--;
    }

    /// All are taken.
    void clear() {
        Arrays.fill(counts, 0);
        ready = 0;
    }

    /// The highest priority that is there; -1 when there is none.
    int top() {
        while (top >= 0 && counts[top] == 0) {
            top--;
        }
        return top;
    }

    long lowest(int priority) {
        return lowest[priority];
    }

    long highest(int priority) {
        return highest[priority];
    }

    void foundLowest(int priority, long offset) {
        lowest[priority] = offset;
    }

    void foundHighest(int priority, long offset) {
        highest[priority] = offset;
    }
}
