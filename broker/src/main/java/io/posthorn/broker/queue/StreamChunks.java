package io.posthorn.broker.queue;

import java.util.Arrays;

/// The chunks of a log that is kept: runs of messages of which is known when the last was appended, how late the latest
/// of their own times is, and how many bytes lie before the first. The last chunk is open. Costs 32 bytes of heap a
/// chunk; when there are many, they become longer.
public final class StreamChunks {
    /// With more than this, neighbours are made one.
    static final int MOST = 1 << 14;

    /// The time of records that have none.
    static final long NO_TIME = -1;

    private long[] offsets = new long[1];
    private long[] positions = new long[1];

    /// When the last message of a chunk was appended; of the open chunk it is not known here.
    private long[] ends = new long[1];

    /// The greatest timestamp of the records of a chunk, the open one too.
    private long[] latest = new long[1];

    private int size;

    /// Bytes in the open chunk.
    private long openBytes;

    public int size() {
        return size;
    }

    /// The first message of a chunk.
    public long offset(int chunk) {
        return offsets[chunk];
    }

    /// How many bytes the log had taken before a chunk began.
    public long position(int chunk) {
        return positions[chunk];
    }

    /// How many bytes the log has taken.
    long position() {
        return size == 0 ? 0 : positions[size - 1] + openBytes;
    }

    /// Bytes in the open chunk.
    public long openBytes() {
        return openBytes;
    }

    /// When the last message of a chunk was appended, in wall time; not of the last chunk.
    public long end(int chunk) {
        return ends[chunk];
    }

    /// The greatest timestamp of a chunk's records, in milliseconds since the epoch; -1 when none has one.
    public long latest(int chunk) {
        return latest[chunk];
    }

    /// The last chunk ends, with a message appended at `previousEnd`, and another begins. What is known already is
    /// ignored.
    public void begin(long offset, long position, long previousEnd, long previousLatest) {
        if (size > 0 && offset <= offsets[size - 1]) {
            return;
        }
        if (size > 0) {
            ends[size - 1] = previousEnd;
            latest[size - 1] = Math.max(latest[size - 1], previousLatest);
        }
        if (size == MOST) {
            joinNeighbours();
        }
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            positions = Arrays.copyOf(positions, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            latest = Arrays.copyOf(latest, size * 2);
        }
        offsets[size] = offset;
        positions[size] = position;
        latest[size] = NO_TIME;
        openBytes = 0;
        size++;
    }

    private void joinNeighbours() {
        size /= 2;
        for (int i = 0; i < size; i++) {
            offsets[i] = offsets[2 * i];
            positions[i] = positions[2 * i];
            ends[i] = ends[2 * i + 1];
            latest[i] = Math.max(latest[2 * i], latest[2 * i + 1]);
        }
    }

    /// The open chunk has more.
    ///
    /// @param latestOfThem their greatest timestamp
    public void grow(long bytes, long latestOfThem) {
        openBytes += bytes;
        latest[size - 1] = Math.max(latest[size - 1], latestOfThem);
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
            System.arraycopy(latest, first, latest, 0, size);
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

    /// The first chunk that has a record of this time or a later one; -1 when there is none.
    int firstReaching(long time) {
        for (int chunk = 0; chunk < size; chunk++) {
            if (latest[chunk] >= time) {
                return chunk;
            }
        }
        return -1;
    }

    /// The first chunk with the greatest timestamp of all.
    int latestOfAll() {
        int found = 0;
        for (int chunk = 1; chunk < size; chunk++) {
            found = latest[chunk] > latest[found] ? chunk : found;
        }
        return found;
    }
}
