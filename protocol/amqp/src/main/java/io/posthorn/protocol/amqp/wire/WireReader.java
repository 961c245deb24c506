package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;

/// Reads the elementary types (§4.2 of the specification) of one payload at a time. Never reads beyond it, and
/// allocates only for bytes that are there. Not thread-safe.
public final class WireReader {
    private final ShortStrings strings = ShortStrings.ofThread();
    private ByteBuf in = Unpooled.EMPTY_BUFFER;

    // Bits in a row share an octet, the first in its lowest bit.
    private int bits;
    private int bitsUsed = Byte.SIZE;

    /// @param payload whose readable bytes are the payload, all of it
    public WireReader on(ByteBuf payload) {
        in = payload;
        bitsUsed = Byte.SIZE;
        return this;
    }

    int octet() {
        need(1);
        return in.readUnsignedByte();
    }

    int short16() {
        need(2);
        return in.readUnsignedShort();
    }

    long long32() {
        need(4);
        return in.readUnsignedInt();
    }

    long long64() {
        need(8);
        return in.readLong();
    }

    String shortString() {
        int length = octet();
        need(length);
        return strings.read(in, length);
    }

    Bytes longString() {
        return bytes(length());
    }

    String longText() {
        Bytes bytes = longString();
        return Utf8.strict(bytes.array(), bytes.offset(), bytes.length());
    }

    boolean bit() {
        if (bitsUsed == Byte.SIZE) {
            need(1);
            bits = in.readUnsignedByte();
            bitsUsed = 0;
        }
        return (bits >>> bitsUsed++ & 1) != 0;
    }

    Arguments table() {
        need(4);
        return FieldTable.read(in);
    }

    void skipShort16() {
        need(2);
        in.skipBytes(2);
    }

    void skipShortString() {
        int length = octet();
        need(length);
        in.skipBytes(length);
    }

    void skipLongString() {
        in.skipBytes(length());
    }

    void skipBit() {
        bit();
    }

    private int length() {
        need(4);
        long length = in.readUnsignedInt();
        if (length > in.readableBytes()) {
            throw new MalformedException("a string of " + length + " bytes, of which " + in.readableBytes() + " came");
        }
        return (int) length;
    }

    private Bytes bytes(int length) {
        byte[] array = new byte[length];
        in.readBytes(array);
        return new Bytes(array);
    }

    private void need(int length) {
        bitsUsed = Byte.SIZE;
        if (in.readableBytes() < length) {
            throw new MalformedException("it ends too early");
        }
    }
}
