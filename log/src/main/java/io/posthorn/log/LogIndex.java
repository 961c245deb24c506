package io.posthorn.log;

import java.util.Arrays;

/// Where the batches of one log begin in the journal: 8 bytes of heap a batch. Guarded by the storage's lock.
///
/// Offsets and positions are kept as unsigned 32-bit distances from those of the first batch; the journal is
/// never that long ([StorageOptions]).
final class LogIndex {
    private static final int CELLS = 2;

    private int[] cells = new int[2 * CELLS];
    private int first;
    private int size;
    private long baseOffset;
    private long basePosition;
    private long bytes;

    /// About how many bytes the batches have that are left: exact until some of them are removed.
    long bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    long offset(int i) {
        return baseOffset + Integer.toUnsignedLong(cells[CELLS * (first + i)]);
    }

    long position(int i) {
        return basePosition + Integer.toUnsignedLong(cells[CELLS * (first + i) + 1]);
    }

    /// @param length of the batch in bytes
    void add(long offset, long position, int length) {
        if (size == 0) {
            first = 0;
            baseOffset = offset;
            basePosition = position;
        }
        if (CELLS * (first + size) == cells.length || isFar(offset, position)) {
            makeRoom();
        }
        int cell = CELLS * (first + size);
        cells[cell] = distance(offset - baseOffset);
        cells[cell + 1] = distance(position - basePosition);
        size++;
        bytes += length;
    }

    private boolean isFar(long offset, long position) {
        return offset - baseOffset >= 1L << 32 || position - basePosition >= 1L << 32;
    }

    private static int distance(long value) {
        if (value < 0 || value >= 1L << 32) {
            throw new IllegalStateException("a log's index spans more than 32 bits: " + value);
        }
        return (int) value;
    }

    /// Moves what is left to the front and counts from its first batch again.
    private void makeRoom() {
        int[] old = cells;
        long newOffset = offset(0);
        long newPosition = position(0);
        int offsetShift = (int) (newOffset - baseOffset);
        int positionShift = (int) (newPosition - basePosition);
        int[] target = first > size ? old : new int[CELLS * Math.max(2, size + Math.max(1, size / 2))];
        for (int i = 0; i < size; i++) {
            target[CELLS * i] = old[CELLS * (first + i)] - offsetShift;
            target[CELLS * i + 1] = old[CELLS * (first + i) + 1] - positionShift;
        }
        cells = target;
        first = 0;
        baseOffset = newOffset;
        basePosition = newPosition;
    }

    /// The last batch that begins at or before `offset`; -1 when all begin behind it.
    int find(long offset) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (offset(middle) <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /// The first batch at or behind `position`; the size when there is none.
    int findPosition(long position) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Forgets the batches whose records are all before `start`.
    void trimBefore(long start) {
        // A batch may end where the next begins: it holds `start` only if it is the last to begin at or before it.
        removeFirst(Math.max(0, find(start)));
    }

    /// Forgets the batches at positions before `position`.
    void removeBeforePosition(long position) {
        removeFirst(findPosition(position));
    }

    private void removeFirst(int count) {
        bytes = size == 0 ? 0 : (long) ((double) bytes / size * (size - count));
        first += count;
        size -= count;
        if (cells.length > 64 && size * CELLS < cells.length / 8) {
            cells = Arrays.copyOfRange(cells, CELLS * first, CELLS * (first + size + Math.max(1, size)));
            first = 0;
        }
    }
}
