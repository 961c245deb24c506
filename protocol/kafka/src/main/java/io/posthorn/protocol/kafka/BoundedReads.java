package io.posthorn.protocol.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/// Reads a request as Kafka does, and stops where its parts become too many: every part takes a read, and a
/// part of one byte becomes an object of fifty.
final class BoundedReads extends ByteBufferAccessor {
    /// A fetch of 100,000 partitions takes less than half of it.
    private static final int MOST = 2_000_000;

    private int left = MOST;

    BoundedReads(ByteBuffer bytes) {
        super(bytes);
    }

    @Override
    public byte readByte() {
        count();
        return super.readByte();
    }

    @Override
    public short readShort() {
        count();
        return super.readShort();
    }

    @Override
    public int readInt() {
        count();
        return super.readInt();
    }

    @Override
    public long readLong() {
        count();
        return super.readLong();
    }

    @Override
    public int readUnsignedVarint() {
        count();
        return super.readUnsignedVarint();
    }

    // Asked before a collection is made: how many elements there can be at most.
    @Override
    public int remaining() {
        return Math.min(left, super.remaining());
    }

    private void count() {
        if (--left < 0) {
            throw new InvalidRequestException("a request of more than " + MOST + " parts");
        }
    }
}
