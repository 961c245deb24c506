package io.posthorn.protocol.kafka.fetch;

import io.netty.buffer.ByteBuf;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.log.ReadBatches;

/// Batches outside of the heap, as they came from the disk. What is sent of them keeps the memory until it
/// has left.
final class BufferRecords implements FoundRecords {
    private final ByteBuf memory;
    private final ReadBatches batches;
    private final PartitionBounds bounds;
    private boolean isClosed;

    /// @param memory where they were read into: theirs now
    BufferRecords(ByteBuf memory, ReadBatches batches, PartitionBounds bounds) {
        this.memory = memory;
        this.batches = batches;
        this.bounds = bounds;
    }

    @Override
    public int count() {
        return batches.count();
    }

    @Override
    public long nextOffset() {
        return batches.nextOffset();
    }

    @Override
    public PartitionBounds bounds() {
        return bounds;
    }

    @Override
    public int sizeInBytes() {
        return batches.sizeInBytes();
    }

    @Override
    public int held() {
        return memory.capacity();
    }

    @Override
    public void forEach(Place place) {
        for (int i = 0; i < batches.count(); i++) {
            place.take(memory, batches.start(i), batches.length(i));
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            memory.release();
        }
    }
}
