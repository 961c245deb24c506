package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What one data segment holds: batches sorted by log, each log's in *blocks* of about 64 KiB that are read as a
/// whole. Immutable; a log here has 12 bytes of heap, and a block 28.
final class DataSegment {
    private static final int EXTENT_SIZE = 12;
    private static final int BLOCK_SIZE = 28;

    private final SegmentId id;
    private final long[] logs;
    private final int[] firstBlocks;
    private final long[] blockOffsets;
    private final long[] blockEnds;
    private final long[] blockAddresses;
    private final int[] blockLengths;
    private final long totalBytes;

    private DataSegment(
            SegmentId id,
            long[] logs,
            int[] firstBlocks,
            long[] blockOffsets,
            long[] blockEnds,
            long[] blockAddresses,
            int[] blockLengths) {
        this.id = id;
        this.logs = logs;
        this.firstBlocks = firstBlocks;
        this.blockOffsets = blockOffsets;
        this.blockEnds = blockEnds;
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

    LongStream logIds() {
        return Arrays.stream(logs);
    }

    long log(int extent) {
        return logs[extent];
    }

    long firstOffset(int extent) {
        return blockOffsets[firstBlocks[extent]];
    }

    long endOffset(int extent) {
        return blockEnds[blockEnd(extent) - 1];
    }

    private int blockEnd(int extent) {
        return extent + 1 < logs.length ? firstBlocks[extent + 1] : blockOffsets.length;
    }

    /// Bytes of the blocks that hold records of this log from `start` on.
    long liveBytes(int extent, long start) {
        long bytes = 0;
        for (int block = blockEnd(extent) - 1; block >= firstBlocks[extent]; block--) {
            if (blockEnds[block] <= start) {
                break;
            }
            bytes += blockLengths[block];
        }
        return bytes;
    }

    long totalBytes() {
        return totalBytes;
    }

    /// The extent of this log; negative when there is none.
    int extent(long log) {
        if (logs.length == 0 || log < logs[0] || log > logs[logs.length - 1]) {
            return -1;
        }
        return Arrays.binarySearch(logs, log);
    }

    /// Where the first record of this log at or behind `offset` lies; null when there is none.
    @Nullable
    Place find(long log, long offset) {
        int extent = extent(log);
        if (extent < 0) {
            return null;
        }
        int low = firstBlocks[extent];
        int end = blockEnd(extent);
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (blockEnds[middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < end ? new Place(this, extent, low) : null;
    }

    /// A block of a log.
    record Place(DataSegment segment, int extent, int block) {
        long firstOffset() {
            return segment.blockOffsets[block];
        }

        /// Bytes of this block.
        int length() {
            return segment.blockLengths[block];
        }

        /// The blocks from this one on that can be read at once.
        ColdPlan.Run run(int maxBytes) {
            int last = block;
            long length = segment.blockLengths[block];
            while (last + 1 < segment.blockEnd(extent)
                    && segment.blockOffsets[last + 1] == segment.blockEnds[last]
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
            return new ColdPlan.Run(segment.id, address, Math.toIntExact(length), true, starts, offsets, 0);
        }

        long offsetBehind(ColdPlan.Run run) {
            return segment.blockEnds[block + run.starts().length - 1];
        }

        /// Where this log goes on behind the run; null when that is not in this segment.
        @Nullable
        Place behind(ColdPlan.Run run) {
            int next = block + run.starts().length;
            return next < segment.blockEnd(extent) && segment.blockOffsets[next] == segment.blockEnds[next - 1]
                    ? new Place(segment, extent, next)
                    : null;
        }
    }

    Bytes encode() {
        var out = ByteBuffer.allocate(8 + logs.length * EXTENT_SIZE + blockOffsets.length * BLOCK_SIZE);
        out.putInt(logs.length).putInt(blockOffsets.length);
        for (int i = 0; i < logs.length; i++) {
            out.putLong(logs[i]).putInt(firstBlocks[i]);
        }
        for (int i = 0; i < blockOffsets.length; i++) {
            out.putLong(blockOffsets[i]).putLong(blockEnds[i]);
            out.putLong(blockAddresses[i]).putInt(blockLengths[i]);
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
            builder.firstBlocks[i] = in.getInt();
        }
        for (int i = 0; i < blocks; i++) {
            builder.blockOffsets[i] = in.getLong();
            builder.blockEnds[i] = in.getLong();
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
        private int[] firstBlocks = new int[16];
        private long[] blockOffsets = new long[16];
        private long[] blockEnds = new long[16];
        private long[] blockAddresses = new long[16];
        private int[] blockLengths = new int[16];
        private int extents;
        private int blocks;

        private void reserve(int forExtents, int forBlocks) {
            logs = Arrays.copyOf(logs, Math.max(logs.length, forExtents));
            firstBlocks = Arrays.copyOf(firstBlocks, Math.max(firstBlocks.length, forExtents));
            blockOffsets = Arrays.copyOf(blockOffsets, Math.max(blockOffsets.length, forBlocks));
            blockEnds = Arrays.copyOf(blockEnds, Math.max(blockEnds.length, forBlocks));
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
            blockOffsets[blocks] = firstOffset;
            blockEnds[blocks] = endOffset;
            blockAddresses[blocks] = address;
            blockLengths[blocks] = length;
            blocks++;
        }

        /// Gives all blocks to another builder, their addresses being relative to `address`; this one is empty then.
        void moveTo(Builder target, long address) {
            int extent = 0;
            for (int block = 0; block < blocks; block++) {
                if (extent + 1 < extents && firstBlocks[extent + 1] == block) {
                    extent++;
                }
                target.add(
                        logs[extent],
                        blockOffsets[block],
                        blockEnds[block],
                        address + blockAddresses[block],
                        blockLengths[block]);
            }
            extents = 0;
            blocks = 0;
        }

        /// Bytes of the index so far.
        int indexSize() {
            return 8 + extents * EXTENT_SIZE + blocks * BLOCK_SIZE;
        }

        DataSegment build(SegmentId id) {
            return new DataSegment(
                    id,
                    Arrays.copyOf(logs, extents),
                    Arrays.copyOf(firstBlocks, extents),
                    Arrays.copyOf(blockOffsets, blocks),
                    Arrays.copyOf(blockEnds, blocks),
                    Arrays.copyOf(blockAddresses, blocks),
                    Arrays.copyOf(blockLengths, blocks));
        }
    }
}
