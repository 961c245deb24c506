package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/// Where the batches lie that were read into memory of the reader's own: consecutive ones of a log, with
/// their final offsets, checked. There may be other bytes between them.
public final class ReadBatches {
    private int[] starts = new int[16];
    private int[] lengths = new int[16];
    private long[] firstOffsets = new long[16];
    private long lastOffset = -1;
    private int count;
    private int size;

    ReadBatches() {}

    void add(int start, int length, long firstOffset, long lastOffset) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            firstOffsets = Arrays.copyOf(firstOffsets, 2 * count);
        }
        starts[count] = start;
        lengths[count] = length;
        firstOffsets[count] = firstOffset;
        this.lastOffset = lastOffset;
        size += length;
        count++;
    }

    /// Lets go of the batches that begin at this offset or behind it.
    public void endBefore(long offset) {
        while (count > 0 && firstOffsets[count - 1] >= offset) {
            count--;
            size -= lengths[count];
            lastOffset = firstOffsets[count] - 1;
        }
    }

    public int count() {
        return count;
    }

    /// Of all batches together.
    public int sizeInBytes() {
        return size;
    }

    /// The offset behind the last batch.
    public long nextOffset() {
        return lastOffset + 1;
    }

    /// Copies them to where there is room for all of them, one behind the other and nothing between.
    ///
    /// @param from where they were read into
    /// @return the same batches, as they lie there
    public ReadBatches copy(ByteBuffer from, ByteBuffer to) {
        var copied = new ReadBatches();
        for (int i = 0; i < count; i++) {
            to.put(copied.size, from, starts[i], lengths[i]);
            copied.add(copied.size, lengths[i], firstOffsets[i], lastOffset);
        }
        return copied;
    }

    /// The index of the first byte of a batch.
    public int start(int batch) {
        return starts[Objects.checkIndex(batch, count)];
    }

    public int length(int batch) {
        return lengths[Objects.checkIndex(batch, count)];
    }
}
