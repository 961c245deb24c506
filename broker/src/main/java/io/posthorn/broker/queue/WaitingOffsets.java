package io.posthorn.broker.queue;

import java.util.Arrays;

/// Offsets in the order in which they came, each with a reason; neighbours that came for the same reason take no
/// more room than one.
final class WaitingOffsets {
    private long[] bounds = new long[4];
    private byte[] reasons = new byte[2];
    private int first;
    private int end;
    private long count;

    boolean isEmpty() {
        return count == 0;
    }

    long count() {
        return count;
    }

    void add(long from, long to, byte reason) {
        count += to - from;
        if (end > first && bounds[2 * end - 1] == from && reasons[end - 1] == reason) {
            bounds[2 * end - 1] = to;
            return;
        }
        if (end == reasons.length) {
            makeRoom();
        }
        bounds[2 * end] = from;
        bounds[2 * end + 1] = to;
        reasons[end++] = reason;
    }

    private void makeRoom() {
        int length = end - first;
        int capacity = 2 * length < reasons.length ? reasons.length : 2 * reasons.length;
        bounds = Arrays.copyOf(Arrays.copyOfRange(bounds, 2 * first, 2 * end), 2 * capacity);
        reasons = Arrays.copyOf(Arrays.copyOfRange(reasons, first, end), capacity);
        first = 0;
        end = length;
    }

    /// Of the offset that [#poll] gives next.
    byte reason() {
        return reasons[first];
    }

    /// Takes the first one out; there must be one.
    long poll() {
        long offset = bounds[2 * first]++;
        count--;
        if (bounds[2 * first] == bounds[2 * first + 1]) {
            first++;
            if (first == end) {
                first = 0;
                end = 0;
            }
        }
        return offset;
    }
}
