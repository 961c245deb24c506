package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;

/// A frame in the words of RabbitMQ, whose users search for them: `type 1, all octets = <<0,20,0,10>>`.
public final class FrameText {
    private static final int MOST_SHOWN = 16;

    private FrameText() {}

    /// @param from index of the payload in the buffer, of which `size` octets are there
    public static String of(int type, ByteBuf payload, int from, int size) {
        String which = size > MOST_SHOWN ? "first 16" : "all";
        return "type %d, %s octets = %s".formatted(type, which, octets(payload, from, Math.min(size, MOST_SHOWN)));
    }

    // As Erlang shows a binary: as text where it is text.
    private static String octets(ByteBuf payload, int from, int count) {
        var text = new StringBuilder("<<\"");
        var numbers = new StringBuilder("<<");
        boolean isText = count > 0;
        for (int i = 0; i < count; i++) {
            int octet = payload.getUnsignedByte(from + i);
            isText &= octet >= ' ' && octet < 0x7f;
            numbers.append(i == 0 ? "" : ",").append(octet);
            text.append(octet == '"' || octet == '\\' ? "\\" : "").append((char) octet);
        }
        return isText ? text.append("\">>").toString() : numbers.append(">>").toString();
    }
}
