package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one data segment holds: batches sorted by log, each log's in *blocks* of about 64 KiB that are read as a
/// whole. Immutable; a log here has 20 bytes of heap, and a block as many.
final class DataSegment {
    private static final int EXTENT_SIZE = 20;
    private static final int BLOCK_SIZE = 20;

    private final SegmentId id;
    private final long[] logs;
    private final long[] endOffsets;
    private final int[] firstBlocks;
    private final long[] blockOffsets;
    private final long[] blockAddresses;
    private final int[] blockLengths;
    private final long totalBytes;

    private DataSegment(
            SegmentId id,
            long[] logs,
            long[] endOffsets,
            int[] firstBlocks,
            long[] blockOffsets,
            long[] blockAddresses,
            int[] blockLengths) {
        this.id = id;
        this.logs = logs;
        this.endOffsets = endOffsets;
        this.firstBlocks = firstBlocks;
        this.blockOffsets = blockOffsets;
        this.blockAddresses = blockAddresses;
        this.blockLengths = blockLengths;
        long bytes = 0;
        for (int length : blockLengths) {
            bytes += length;
        }
        totalBytes = bytes;
    }

    SegmentId id() {
        return id;
    }

    int logs() {
        return logs.length;
    }

    long log(int extent) {
        return logs[extent];
    }

    long firstOffset(int extent) {
        return blockOffsets[firstBlocks[extent]];
    }

    long endOffset(int extent) {
        return endOffsets[extent];
    }

    private int blockEnd(int extent) {
        return extent + 1 < logs.length ? firstBlocks[extent + 1] : blockOffsets.length;
    }

    /// Bytes of the blocks that hold records of this log from `start` on.
    long liveBytes(int extent, long start) {
        long bytes = 0;
        for (int block = blockEnd(extent) - 1; block >= firstBlocks[extent]; block--) {
            if (blockEndOffset(extent, block) <= start) {
                break;
            }
            bytes += blockLengths[block];
        }
        return bytes;
    }

    long totalBytes() {
        return totalBytes;
    }

    private long blockEndOffset(int extent, int block) {
        return block + 1 < blockEnd(extent) ? blockOffsets[block + 1] : endOffsets[extent];
    }

    /// Where the first record of this log at or behind `offset` lies; null when there is none.
    @Nullable
    Place find(long log, long offset) {
        int extent = Arrays.binarySearch(logs, log);
        if (extent < 0 || offset >= endOffsets[extent]) {
            return null;
        }
        int block = firstBlocks[extent];
        while (block + 1 < blockEnd(extent) && blockOffsets[block + 1] <= offset) {
            block++;
        }
        return new Place(this, extent, block);
    }

    /// A block of a log.
    record Place(DataSegment segment, int extent, int block) {
        long firstOffset() {
            return segment.blockOffsets[block];
        }

        /// The blocks from this one on that can be read at once.
        ColdPlan.Run run(int maxBytes) {
            int last = block;
            long length = segment.blockLengths[block];
            while (last + 1 < segment.blockEnd(extent)
                    && segment.blockAddresses[last + 1] == segment.blockAddresses[last] + segment.blockLengths[last]
                    && length + segment.blockLengths[last + 1] <= maxBytes) {
                last++;
                length += segment.blockLengths[last];
            }
            long address = segment.blockAddresses[block];
            int[] starts = new int[last - block + 1];
            long[] offsets = Arrays.copyOfRange(segment.blockOffsets, block, last + 1);
            for (int i = 0; i < starts.length; i++) {
                starts[i] = Math.toIntExact(segment.blockAddresses[block + i] - address);
            }
            return new ColdPlan.Run(segment.id, address, Math.toIntExact(length), true, starts, offsets);
        }

        long offsetBehind(ColdPlan.Run run) {
            return segment.blockEndOffset(extent, block + run.starts().length - 1);
        }
    }

    Bytes encode() {
        var out = ByteBuffer.allocate(8 + logs.length * EXTENT_SIZE + blockOffsets.length * BLOCK_SIZE);
        out.putInt(logs.length).putInt(blockOffsets.length);
        for (int i = 0; i < logs.length; i++) {
            out.putLong(logs[i]).putLong(endOffsets[i]).putInt(firstBlocks[i]);
        }
        for (int i = 0; i < blockOffsets.length; i++) {
            out.putLong(blockOffsets[i]).putLong(blockAddresses[i]).putInt(blockLengths[i]);
        }
        return new Bytes(out.array());
    }

    /// @throws IllegalArgumentException when the bytes are no index
    static DataSegment decode(SegmentId id, Bytes index) {
        ByteBuffer in = index.asByteBuffer();
        var builder = new Builder();
        int extents = in.getInt();
        int blocks = in.getInt();
        if (extents < 0
                || blocks < extents
                || in.remaining() != (long) extents * EXTENT_SIZE + (long) blocks * BLOCK_SIZE) {
            throw new IllegalArgumentException("the index of " + id + " is malformed");
        }
        builder.reserve(extents, blocks);
        for (int i = 0; i < extents; i++) {
            builder.logs[i] = in.getLong();
            builder.endOffsets[i] = in.getLong();
            builder.firstBlocks[i] = in.getInt();
        }
        for (int i = 0; i < blocks; i++) {
            builder.blockOffsets[i] = in.getLong();
            builder.blockAddresses[i] = in.getLong();
            builder.blockLengths[i] = in.getInt();
        }
        builder.extents = extents;
        builder.blocks = blocks;
        return builder.build(id);
    }

    /// Collects blocks, in order of logs and offsets.
    static final class Builder {
        private long[] logs = new long[16];
        private long[] endOffsets = new long[16];
        private int[] firstBlocks = new int[16];
        private long[] blockOffsets = new long[16];
        private long[] blockAddresses = new long[16];
        private int[] blockLengths = new int[16];
        private int extents;
        private int blocks;

        private void reserve(int forExtents, int forBlocks) {
            logs = Arrays.copyOf(logs, Math.max(logs.length, forExtents));
            endOffsets = Arrays.copyOf(endOffsets, Math.max(endOffsets.length, forExtents));
            firstBlocks = Arrays.copyOf(firstBlocks, Math.max(firstBlocks.length, forExtents));
            blockOffsets = Arrays.copyOf(blockOffsets, Math.max(blockOffsets.length, forBlocks));
            blockAddresses = Arrays.copyOf(blockAddresses, Math.max(blockAddresses.length, forBlocks));
            blockLengths = Arrays.copyOf(blockLengths, Math.max(blockLengths.length, forBlocks));
        }

        void add(long log, long firstOffset, long endOffset, long address, int length) {
            if (extents == logs.length || blocks == blockOffsets.length) {
                reserve(extents * 2, blocks * 2);
            }
            if (extents == 0 || logs[extents - 1] != log) {
                logs[extents] = log;
                firstBlocks[extents] = blocks;
                extents++;
            }
            endOffsets[extents - 1] = endOffset;
            blockOffsets[blocks] = firstOffset;
            blockAddresses[blocks] = address;
            blockLengths[blocks] = length;
            blocks++;
        }

        boolean isEmpty() {
            return blocks == 0;
        }

        /// Bytes of the index so far.
        int indexSize() {
            return 8 + extents * EXTENT_SIZE + blocks * BLOCK_SIZE;
        }

        DataSegment build(SegmentId id) {
            return new DataSegment(
                    id,
                    Arrays.copyOf(logs, extents),
                    Arrays.copyOf(endOffsets, extents),
                    Arrays.copyOf(firstBlocks, extents),
                    Arrays.copyOf(blockOffsets, blocks),
                    Arrays.copyOf(blockAddresses, blocks),
                    Arrays.copyOf(blockLengths, blocks));
        }
    }
}
