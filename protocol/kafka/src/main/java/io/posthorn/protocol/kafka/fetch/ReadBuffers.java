package io.posthorn.protocol.kafka.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionRead;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.ReadMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What lies on the disk, read into memory outside of the heap, from where it goes to the socket: arrays of
/// a megabyte would outlive the young generation before they are sent, and fill the heap. Thread-safe.
final class ReadBuffers {
    private static final int PAGE = 8 * 1024;

    /// Pages are got in pieces of 8 MiB, of which an idle server keeps one.
    private static final int PIECE_ORDER = 10;

    private final PooledByteBufAllocator pool = new PooledByteBufAllocator(true, 0, 1, PAGE, PIECE_ORDER, 0, 0, false);
    private final long most;

    /// @param most bytes for everybody
    ReadBuffers(long most) {
        this.most = most;
    }

    /// The batches from the one that holds `offset`, as many as fit in `maxBytes` but at least one. May
    /// block.
    FoundRecords read(Topics topics, Partition partition, long offset, int maxBytes, Isolation isolation) {
        var memory = new Memory();
        try {
            PartitionRead found = topics.readInto(partition, offset, maxBytes, isolation, memory);
            if (found != null) {
                return memory.with(found);
            }
        } finally {
            memory.release();
        }
        int less = memory.isRefused ? Math.min(maxBytes, FetchMemory.LEAST_PER_ANSWER) : maxBytes;
        return new SliceRecords(topics.read(partition, offset, less, isolation));
    }

    /// Bytes that somebody holds.
    long held() {
        return pool.pinnedDirectMemory();
    }

    /// For one read.
    private final class Memory implements ReadMemory {
        private @Nullable ByteBuf buffer;
        boolean isRefused;

        @Override
        public @Nullable ByteBuffer room(int bytes) {
            if (pool.pinnedDirectMemory() + bytes > most) {
                isRefused = true;
                return null;
            }
            ByteBuf taken = pool.directBuffer(bytes, bytes);
            buffer = taken;
            return taken.nioBuffer(0, bytes);
        }

        FoundRecords with(PartitionRead found) {
            ByteBuf filled = buffer;
            if (filled == null) {
                throw new IllegalStateException("batches were read into no memory");
            }
            buffer = null;
            // What is sent are parts of it, which its indexes have to cover.
            filled.writerIndex(filled.capacity());
            return new BufferRecords(filled, found);
        }

        void release() {
            ByteBuf unused = buffer;
            if (unused != null) {
                buffer = null;
                unused.release();
            }
        }
    }
}
