package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;

/// Writes the elementary types (§4.2 of the specification). Not thread-safe.
public final class WireWriter {
    private static final int LONGEST_SHORT_STRING = 255;

    private ByteBuf out = Unpooled.EMPTY_BUFFER;
    private int bitsAt;
    private int bitsUsed = Byte.SIZE;

    public WireWriter on(ByteBuf target) {
        out = target;
        bitsUsed = Byte.SIZE;
        return this;
    }

    void octet(int value) {
        bitsUsed = Byte.SIZE;
        out.writeByte(value);
    }

    void short16(int value) {
        bitsUsed = Byte.SIZE;
        out.writeShort(value);
    }

    void long32(long value) {
        bitsUsed = Byte.SIZE;
        out.writeInt((int) value);
    }

    void long64(long value) {
        bitsUsed = Byte.SIZE;
        out.writeLong(value);
    }

    void shortString(String value) {
        bitsUsed = Byte.SIZE;
        if (value.isEmpty()) {
            out.writeByte(0);
        } else {
            out.writeBytes(ShortStrings.ofThread().bytesOf(value));
        }
    }

    void longString(Bytes value) {
        bitsUsed = Byte.SIZE;
        out.writeInt(value.length()).writeBytes(value.array(), value.offset(), value.length());
    }

    void longText(String value) {
        bitsUsed = Byte.SIZE;
        longText(out, value);
    }

    void bit(boolean value) {
        if (bitsUsed == Byte.SIZE) {
            bitsAt = out.writerIndex();
            out.writeByte(0);
            bitsUsed = 0;
        }
        if (value) {
            out.setByte(bitsAt, out.getByte(bitsAt) | 1 << bitsUsed);
        }
        bitsUsed++;
    }

    void table(Arguments value) {
        bitsUsed = Byte.SIZE;
        FieldTable.write(out, value);
    }

    /// @throws IllegalArgumentException when it is longer than 255 bytes of UTF-8
    static void shortString(ByteBuf out, String value) {
        int at = out.writerIndex();
        out.writeByte(0);
        int length = ByteBufUtil.writeUtf8(out, value);
        if (length > LONGEST_SHORT_STRING) {
            throw new IllegalArgumentException("a short string of " + length + " bytes");
        }
        out.setByte(at, length);
    }

    static void longText(ByteBuf out, String value) {
        int at = out.writerIndex();
        out.writeInt(0);
        out.setInt(at, ByteBufUtil.writeUtf8(out, value));
    }
}
