package io.posthorn.broker.queue;

import java.util.Arrays;

/// A growing list of ranges of offsets; one that begins where the last ended, or ends where it begins, makes it longer.
public final class OffsetRanges {
    private long[] bounds = new long[4];
    private int size;

    public boolean isEmpty() {
        return size == 0;
    }

    /// Number of ranges.
    public int size() {
        return size / 2;
    }

    /// First offset of the range, inclusive.
    public long from(int range) {
        return bounds[2 * range];
    }

    /// End of the range, exclusive.
    public long to(int range) {
        return bounds[2 * range + 1];
    }

    public void add(long from, long to) {
        if (size > 0 && bounds[size - 1] == from) {
            bounds[size - 1] = to;
            return;
        }
        if (size > 0 && bounds[size - 2] == to) {
            bounds[size - 2] = from;
            return;
        }
        if (size == bounds.length) {
            bounds = Arrays.copyOf(bounds, size * 2);
        }
        bounds[size++] = from;
        bounds[size++] = to;
    }

    public void clear() {
        size = 0;
        if (bounds.length > 1024) {
            bounds = new long[4];
        }
    }
}
