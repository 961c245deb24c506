package io.posthorn.broker.queue;

import java.util.Arrays;

/// The message ids that a queue has seen lately, each as 128 bits of its hash, oldest first. At about 32 bytes an id.
///
/// Ids have numbers that only grow, so that a snapshot can be written in slices while new ones come.
public final class DuplicateWindow {
    private static final int NONE = -1;

    /// High and low half of the hash, and time, by number; a ring. Its length in ids is a power of two.
    private long[] ring = new long[3 * 16];

    /// Places in the ring, found by hash, with open addressing; twice as long as the ring.
    private int[] table = emptyTable(16);

    private long first;
    private long end;

    private static int[] emptyTable(int ids) {
        int[] table = new int[2 * ids];
        Arrays.fill(table, NONE);
        return table;
    }

    public boolean isEmpty() {
        return first == end;
    }

    public int size() {
        return (int) (end - first);
    }

    /// The number of the oldest id.
    public long first() {
        return first;
    }

    /// One more than the number of the newest id.
    public long end() {
        return end;
    }

    public long high(long number) {
        return ring[3 * place(number)];
    }

    public long low(long number) {
        return ring[3 * place(number) + 1];
    }

    /// When it was seen, milliseconds since the epoch.
    public long time(long number) {
        return ring[3 * place(number) + 2];
    }

    boolean contains(long high, long low) {
        return table[find(high, low)] != NONE;
    }

    /// Adds an id; one that is there already stays as it is.
    public void add(long high, long low, long time) {
        int slot = find(high, low);
        if (table[slot] != NONE) {
            return;
        }
        if (size() == ring.length / 3) {
            grow();
            slot = find(high, low);
        }
        int place = place(end);
        ring[3 * place] = high;
        ring[3 * place + 1] = low;
        ring[3 * place + 2] = time;
        table[slot] = place;
        end++;
    }

    /// Forgets what is too old, and the oldest of what is too much.
    ///
    /// @param before seen before this time
    void forget(long before, int most) {
        while (first < end && (time(first) < before || size() > most)) {
            remove(find(high(first), low(first)));
            first++;
        }
    }

    private int place(long number) {
        return (int) (number & (ring.length / 3 - 1));
    }

    /// The slot of an id, or the empty one where it would be.
    private int find(long high, long low) {
        int slot = home(high);
        while (table[slot] != NONE && !isAt(table[slot], high, low)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private boolean isAt(int place, long high, long low) {
        return ring[3 * place] == high && ring[3 * place + 1] == low;
    }

    private int home(long high) {
        return (int) high & (table.length - 1);
    }

    /// Empties a slot, and moves those behind it up that may stand there.
    private void remove(int slot) {
        int gap = slot;
        int at = gap;
        table[gap] = NONE;
        while (true) {
            at = (at + 1) & (table.length - 1);
            if (table[at] == NONE) {
                return;
            }
            int home = home(ring[3 * table[at]]);
            boolean mayMove = gap <= at ? home <= gap || home > at : home <= gap && home > at;
            if (mayMove) {
                table[gap] = table[at];
                table[at] = NONE;
                gap = at;
            }
        }
    }

    private void grow() {
        int ids = ring.length / 3;
        long[] old = ring;
        ring = new long[2 * old.length];
        table = emptyTable(2 * ids);
        for (long number = first; number < end; number++) {
            int from = 3 * (int) (number & (ids - 1));
            System.arraycopy(old, from, ring, 3 * place(number), 3);
            table[find(high(number), low(number))] = place(number);
        }
    }
}
