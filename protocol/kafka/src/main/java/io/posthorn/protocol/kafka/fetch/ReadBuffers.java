package io.posthorn.protocol.kafka.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionRead;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.ReadBatches;
import io.posthorn.log.ReadMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What lies on the disk, read into memory outside of the heap, from where it goes to the socket: arrays of
/// a megabyte would outlive the young generation before they are sent, and fill the heap. Thread-safe.
final class ReadBuffers {
    /// A read takes more than it finds: what lies between its batches, and behind the last. What is kept until it is
    /// sent may be so many times what is sent, and beyond that is copied.
    private static final int MOST_TIMES = 2;

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

    /// One after the other: what everybody holds is looked at, and more is held only then.
    private synchronized @Nullable ByteBuf takeOrNull(int bytes) {
        if (pool.pinnedDirectMemory() + bytes > most) {
            return null;
        }
        ByteBuf taken = pool.directBuffer(bytes, bytes);
        // The pool rounds up.
        if (pool.pinnedDirectMemory() <= most) {
            return taken;
        }
        taken.release();
        return null;
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
            ByteBuf taken = takeOrNull(bytes);
            buffer = taken;
            isRefused = taken == null;
            return taken == null ? null : taken.nioBuffer(0, bytes);
        }

        FoundRecords with(PartitionRead found) {
            ByteBuf filled = buffer;
            if (filled == null) {
                throw new IllegalStateException("batches were read into no memory");
            }
            ReadBatches batches = found.batches();
            ByteBuf less =
                    batches.sizeInBytes() < filled.capacity() / MOST_TIMES ? takeOrNull(batches.sizeInBytes()) : null;
            if (less != null) {
                batches = batches.copy(whole(filled), whole(less));
                release();
                filled = less;
            }
            buffer = null;
            // What is sent are parts of it, which its indexes have to cover.
            filled.writerIndex(filled.capacity());
            return new BufferRecords(filled, batches, found.bounds());
        }

        private static ByteBuffer whole(ByteBuf memory) {
            return memory.nioBuffer(0, memory.capacity());
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
