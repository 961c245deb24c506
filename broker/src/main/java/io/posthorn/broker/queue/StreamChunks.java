package io.posthorn.broker.queue;

import java.util.Arrays;

/// A stream's chunks: runs of messages of which is known when the last was appended, and how many bytes lie before the
/// first. The last chunk is open. Costs 24 bytes of heap a chunk; when there are many, they become longer.
public final class StreamChunks {
    /// With more than this, neighbours are made one.
    static final int MOST = 1 << 14;

    private long[] offsets = new long[4];
    private long[] positions = new long[4];

    /// When the last message of a chunk was appended; of the open chunk it is not known here.
    private long[] ends = new long[4];

    private int size;

    public int size() {
        return size;
    }

    /// The first message of a chunk.
    public long offset(int chunk) {
        return offsets[chunk];
    }

    /// How many bytes the stream had taken before a chunk began.
    public long position(int chunk) {
        return positions[chunk];
    }

    /// When the last message of a chunk was appended, in wall time; not of the last chunk.
    public long end(int chunk) {
        return ends[chunk];
    }

    /// The last chunk ends, with a message appended at `previousEnd`, and another begins. What is known already is
    /// ignored.
    public void begin(long offset, long position, long previousEnd) {
        if (size > 0 && offset <= offsets[size - 1]) {
            return;
        }
        if (size > 0) {
            ends[size - 1] = previousEnd;
        }
        if (size == MOST) {
            joinNeighbours();
        }
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            positions = Arrays.copyOf(positions, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
        }
        offsets[size] = offset;
        positions[size] = position;
        size++;
    }

    private void joinNeighbours() {
        size /= 2;
        for (int i = 0; i < size; i++) {
            offsets[i] = offsets[2 * i];
            positions[i] = positions[2 * i];
            ends[i] = ends[2 * i + 1];
        }
    }

    /// Forgets the chunks that lie before `offset` as a whole, but never the last.
    public void trimBefore(long offset) {
        int first = 0;
        while (first + 1 < size && offsets[first + 1] <= offset) {
            first++;
        }
        if (first > 0) {
            size -= first;
            System.arraycopy(offsets, first, offsets, 0, size);
            System.arraycopy(positions, first, positions, 0, size);
            System.arraycopy(ends, first, ends, 0, size);
        }
    }

    /// The first chunk but the last that has a message appended at this time or later; the last when there is none.
    int firstEndingFrom(long time) {
        int low = 0;
        int high = Math.max(0, size - 1);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
