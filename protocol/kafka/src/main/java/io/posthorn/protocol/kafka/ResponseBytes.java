package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;

/// The bytes of one answer: collected with those of others where there are few, in pieces of their
/// own where there are many. What lies on the heap is copied once, to where the socket takes it from; what
/// lies there already goes as it is.
final class ResponseBytes implements Writable, RecordBytes.Place {
    private static final int PIECE = 256 * 1024;

    /// The first piece for fields; each one after it has twice as much room.
    private static final int FIELDS = 1024;

    /// A piece of fewer bytes costs more than copying them.
    private static final int WORTH_A_PIECE = 4 * 1024;

    /// What one field may take besides the bytes it is about.
    private static final int LARGEST_FIELD = 16;

    private final ByteBufAllocator allocator;
    private final boolean isApart;
    private final List<ByteBuf> full = new ArrayList<>(0);
    private final int begin;
    private ByteBuf out;
    private int left;
    private int fields = FIELDS;

    /// @param collected where the answer is appended
    ResponseBytes(ByteBuf collected, ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.isApart = false;
        this.out = collected;
        this.begin = collected.writerIndex();
    }

    /// @param size of the whole answer
    ResponseBytes(ByteBufAllocator allocator, int size) {
        this.allocator = allocator;
        this.isApart = true;
        this.begin = 0;
        this.left = size;
        this.out = newPiece(fields, size);
    }

    private ByteBuf newPiece(int most, int rest) {
        return allocator.directBuffer(Math.min(most, rest) + LARGEST_FIELD);
    }

    /// In their order.
    List<ByteBuf> pieces() {
        full.add(out);
        return full;
    }

    /// As if nothing had been written.
    void undo() {
        if (isApart) {
            out.release();
            full.forEach(ByteBuf::release);
        } else {
            out.writerIndex(begin);
        }
    }

    private ByteBuf field() {
        if (isApart && out.writableBytes() < LARGEST_FIELD) {
            fields = Math.min(2 * fields, PIECE);
            beginPiece(fields);
        }
        return out;
    }

    /// There may be no memory for another piece: then the last one is still the one that is written to.
    private void beginPiece(int most) {
        ByteBuf next = newPiece(most, left - out.readableBytes());
        endPiece();
        out = next;
    }

    private void endPiece() {
        left -= out.readableBytes();
        full.add(out);
    }

    @Override
    public void writeByte(byte value) {
        field().writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        field().writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        field().writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        field().writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        field().writeDouble(value);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        ByteBuf target = field();
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            target.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        ByteBuf target = field();
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            target.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target.writeByte((int) rest);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        if (bytes.hasArray()) {
            write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        } else {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            write(copy, 0, copy.length);
        }
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof RecordBytes scattered) {
            scattered.forEach(this);
            scattered.copied();
        } else {
            Writable.super.writeRecords(records);
        }
    }

    @Override
    public void take(byte[] array, int offset, int length) {
        write(array, offset, length);
    }

    @Override
    public void take(ByteBuf bytes, int index, int length) {
        if (isApart && length >= WORTH_A_PIECE) {
            share(bytes.retainedSlice(index, length));
            return;
        }
        int at = index;
        int end = index + length;
        while (at < end) {
            int part = room(end - at);
            out.writeBytes(bytes, at, part);
            at += part;
        }
    }

    /// The piece is full as it is, so that whatever follows begins another one.
    private void share(ByteBuf piece) {
        endPiece();
        out = piece;
        fields = FIELDS;
    }

    private void write(byte[] array, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int part = room(end - at);
            out.writeBytes(array, at, part);
            at += part;
        }
    }

    /// @return how many of so many bytes can be written now; one at least
    private int room(int wanted) {
        if (!isApart) {
            return wanted;
        }
        if (!out.isWritable()) {
            beginPiece(PIECE);
        }
        return Math.min(wanted, out.writableBytes());
    }
}
