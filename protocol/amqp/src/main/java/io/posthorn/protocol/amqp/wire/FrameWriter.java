package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.posthorn.log.Bytes;

/// Writes whole frames. Not thread-safe.
public final class FrameWriter {
    private static final int BASIC = 60;

    private final WireWriter writer = new WireWriter();

    public void method(ByteBuf out, int channel, Method method) {
        int start = begin(out, FrameReader.METHOD, channel);
        try {
            out.writeInt(method.id());
            method.write(writer.on(out));
            end(out, start);
        } catch (RuntimeException unwritable) {
            // Half a frame would spoil everything behind it.
            out.writerIndex(start);
            throw unwritable;
        }
    }

    /// The header and body frames of a content.
    ///
    /// @param properties flags and values, as they lie on the wire
    /// @param frameMax the largest frame the peer takes
    public void content(ByteBuf out, int channel, Bytes properties, Bytes body, int frameMax) {
        int start = begin(out, FrameReader.HEADER, channel);
        out.writeShort(BASIC).writeShort(0).writeLong(body.length());
        out.writeBytes(properties.array(), properties.offset(), properties.length());
        end(out, start);
        int largest = frameMax - FrameReader.OVERHEAD;
        for (int sent = 0; sent < body.length(); sent += largest) {
            int size = Math.min(largest, body.length() - sent);
            out.writeByte(FrameReader.BODY).writeShort(channel).writeInt(size);
            out.writeBytes(body.array(), body.offset() + sent, size);
            out.writeByte(FrameReader.END);
        }
    }

    public void heartbeat(ByteBuf out) {
        end(out, begin(out, FrameReader.HEARTBEAT, 0));
    }

    private static int begin(ByteBuf out, int type, int channel) {
        int start = out.writerIndex();
        out.writeByte(type).writeShort(channel).writeInt(0);
        return start;
    }

    private static void end(ByteBuf out, int start) {
        out.setInt(start + 3, out.writerIndex() - start - 7);
        out.writeByte(FrameReader.END);
    }
}
