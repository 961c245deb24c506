package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.posthorn.transport.Outbox;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;

/// Writes answers into an outbox: fields are collected there with those of other answers, records go from
/// where they lie. Confined to the thread of its connection.
final class ResponseWriter {
    /// Below this, a copy costs less than a write of its own.
    private static final int COPIED = 4 * 1024;

    private final Outbox outbox;
    private final ByteBufAllocator allocator;

    ResponseWriter(Outbox outbox, ByteBufAllocator allocator) {
        this.outbox = outbox;
        this.allocator = allocator;
    }

    /// @param sent is run when the bytes of the answer are not needed any more
    /// @throws RuntimeException when the answer cannot be said in the version of its request; nothing is
    /// written then
    void write(RequestContext request, AbstractResponse response, Runnable sent) {
        var header = request.header.toResponseHeader().data();
        short headerVersion = request.header.apiKey().responseHeaderVersion(request.apiVersion());
        ApiMessage body = response.data();
        var cache = new ObjectSerializationCache();
        var size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, request.apiVersion());
        boolean isSmall = size.totalSize() <= COPIED;
        ByteBuf fields = isSmall ? outbox.writer() : allocator.heapBuffer(size.sizeExcludingZeroCopy() + 4);
        var out = new Fields(fields);
        int begin = fields.writerIndex();
        try {
            out.writeInt(size.totalSize());
            header.write(out, cache, headerVersion);
            body.write(out, cache, request.apiVersion());
        } catch (RuntimeException unspeakable) {
            fields.writerIndex(begin);
            if (!isSmall) {
                fields.release();
            }
            throw unspeakable;
        }
        if (isSmall) {
            sent.run();
        } else {
            append(fields, out, sent);
        }
    }

    private void append(ByteBuf fields, Fields out, Runnable sent) {
        for (Apart apart : out.aparts) {
            int upTo = apart.position() - fields.readerIndex();
            if (upTo > 0) {
                outbox.append(fields.readRetainedSlice(upTo));
            }
            outbox.append(Unpooled.wrappedBuffer(apart.bytes()));
        }
        outbox.append(fields, sent);
    }

    /// @param position in the fields, before which it comes
    private record Apart(int position, ByteBuffer bytes) {}

    private static final class Fields implements Writable {
        private final ByteBuf out;
        private final List<Apart> aparts = new ArrayList<>(0);

        private Fields(ByteBuf out) {
            this.out = out;
        }

        @Override
        public void writeByte(byte value) {
            out.writeByte(value);
        }

        @Override
        public void writeShort(short value) {
            out.writeShort(value);
        }

        @Override
        public void writeInt(int value) {
            out.writeInt(value);
        }

        @Override
        public void writeLong(long value) {
            out.writeLong(value);
        }

        @Override
        public void writeDouble(double value) {
            out.writeDouble(value);
        }

        @Override
        public void writeByteArray(byte[] bytes) {
            out.writeBytes(bytes);
        }

        @Override
        public void writeUnsignedVarint(int value) {
            sevenBitsEach(Integer.toUnsignedLong(value));
        }

        private void sevenBitsEach(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.writeByte((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }

        @Override
        public void writeVarint(int value) {
            writeUnsignedVarint((value << 1) ^ (value >> 31));
        }

        @Override
        public void writeVarlong(long value) {
            sevenBitsEach((value << 1) ^ (value >> 63));
        }

        @Override
        public void writeByteBuffer(ByteBuffer bytes) {
            if (bytes.remaining() <= COPIED) {
                out.writeBytes(bytes.duplicate());
            } else {
                aparts.add(new Apart(out.writerIndex(), bytes));
            }
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records instanceof RecordBytes scattered) {
                scattered.forEach(this::writeByteBuffer);
            } else {
                Writable.super.writeRecords(records);
            }
        }
    }
}
