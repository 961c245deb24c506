package io.posthorn.broker.queue;

import java.util.Arrays;

/// When the deliveries that one consumer holds were made, oldest first; kept only where there is a time limit.
/// Settled ones are forgotten when they get to the front.
final class DeliveryTimes {
    /// Pairs of offset and time in milliseconds, a ring.
    private long[] ring = new long[16];

    private int first;
    private int size;

    void add(long offset, long time) {
        if (2 * size == ring.length) {
            grow();
        }
        int at = at(size);
        ring[at] = offset;
        ring[at + 1] = time;
        size++;
    }

    /// The time of the oldest delivery that is held still, or [OffsetSet#NONE].
    long oldest(OffsetSet held) {
        while (size > 0 && !held.contains(ring[first])) {
            first = at(1);
            size--;
        }
        return size == 0 ? OffsetSet.NONE : ring[first + 1];
    }

    /// A range was given back: if it comes again, it is with a new time.
    void remove(long from, long to) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int at = at(i);
            if (ring[at] < from || ring[at] >= to) {
                int target = at(kept++);
                long offset = ring[at];
                long time = ring[at + 1];
                ring[target] = offset;
                ring[target + 1] = time;
            }
        }
        size = kept;
    }

    private int at(int index) {
        return (first + 2 * index) & (ring.length - 1);
    }

    private void grow() {
        var grown = Arrays.copyOf(ring, ring.length * 2);
        // What lay before the first one follows the last one.
        System.arraycopy(ring, 0, grown, ring.length, first);
        ring = grown;
    }
}
