package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;

/// Finds frames (§4.2.3 of the specification) in what has arrived: type, channel, size, payload, end octet.
///
/// Holds no bytes: what does not make a whole frame yet stays in the buffer. Not thread-safe.
public final class FrameReader {
    public static final int METHOD = 1;
    public static final int HEADER = 2;
    public static final int BODY = 3;
    public static final int HEARTBEAT = 8;

    /// Octets of a frame besides its payload.
    public static final int OVERHEAD = 8;

    static final int END = 0xce;
    private static final int FRONT = 7;

    private int largestPayload;
    private int type;
    private int channel;
    private int end;

    public FrameReader(int frameMax) {
        limit(frameMax);
    }

    /// Like RabbitMQ, lets a payload be as long as the whole frame may be, since some clients count so.
    public void limit(int frameMax) {
        largestPayload = frameMax;
    }

    /// Looks for the next frame. When one is there, the reader index is left at its payload, and [#end] says
    /// where that ends; the caller has to call [#skip] when done with it.
    ///
    /// @return whether a whole frame is there
    /// @throws AmqpException 501 as soon as the front of a frame cannot be right
    public boolean find(ByteBuf in) {
        if (in.readableBytes() < FRONT) {
            return false;
        }
        int at = in.readerIndex();
        type = in.getUnsignedByte(at);
        channel = in.getUnsignedShort(at + 1);
        long size = in.getUnsignedInt(at + 3);
        checkFront(in, size);
        if (in.readableBytes() < size + OVERHEAD) {
            return false;
        }
        end = at + FRONT + (int) size;
        int marker = in.getUnsignedByte(end);
        if (marker != END) {
            throw error(in, at + FRONT, (int) size, "{invalid_frame_end_marker,%d}".formatted(marker));
        }
        in.readerIndex(at + FRONT);
        return true;
    }

    public int type() {
        return type;
    }

    public int channel() {
        return channel;
    }

    /// Index behind the last octet of the payload.
    public int end() {
        return end;
    }

    /// Goes behind the frame found last.
    public void skip(ByteBuf in) {
        in.readerIndex(end + 1);
    }

    private void checkFront(ByteBuf in, long size) {
        if (type != METHOD && type != HEADER && type != BODY && type != HEARTBEAT) {
            boolean isThere = in.readableBytes() >= size + OVERHEAD;
            throw error(in, in.readerIndex() + FRONT, isThere ? (int) size : 0, "unknown_frame");
        }
        if (size > largestPayload) {
            throw error(in, 0, 0, "{frame_too_large,%d,%d}".formatted(size, largestPayload - OVERHEAD));
        }
    }

    private AmqpException error(ByteBuf in, int from, int size, String what) {
        return new AmqpException(ReplyCode.FRAME_ERROR, FrameText.of(type, in, from, size) + ": " + what, 0);
    }
}
