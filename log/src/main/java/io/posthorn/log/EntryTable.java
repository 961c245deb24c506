package io.posthorn.log;

import java.util.Arrays;

/// Where the entries of one journal segment lie: journal position -> address, 12 bytes of heap an entry. Guarded
/// by the storage's lock.
final class EntryTable {
    private static final int CELLS = 3;

    private final long firstPosition;
    private int[] cells = new int[16 * CELLS];
    private int size;
    private long end;

    EntryTable(long firstPosition) {
        this.firstPosition = firstPosition;
        end = firstPosition;
    }

    long firstPosition() {
        return firstPosition;
    }

    /// The position behind the last entry.
    long end() {
        return end;
    }

    int size() {
        return size;
    }

    /// @param address of the first frame
    void add(long position, long address, long length) {
        if (size * CELLS == cells.length) {
            cells = Arrays.copyOf(cells, cells.length * 2);
        }
        cells[CELLS * size] = Math.toIntExact(position - firstPosition);
        cells[CELLS * size + 1] = Math.toIntExact(address);
        cells[CELLS * size + 2] = Math.toIntExact(length);
        size++;
        end = position + length;
    }

    /// The last entry that begins at or before `position`; -1 when there is none.
    int find(long position) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (position(middle) <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    long position(int i) {
        return firstPosition + cells[CELLS * i];
    }

    long endOf(int i) {
        return position(i) + cells[CELLS * i + 2];
    }

    long address(int i) {
        return cells[CELLS * i + 1];
    }
}
