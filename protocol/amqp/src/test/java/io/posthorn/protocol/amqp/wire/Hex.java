package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;

/// Bytes as tests write them: hex with spaces where they help.
final class Hex {
    private Hex() {}

    static ByteBuf buffer(String hex) {
        return Unpooled.wrappedBuffer(bytes(hex));
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String of(ByteBuf buffer) {
        return ByteBufUtil.hexDump(buffer);
    }

    static String tidy(String hex) {
        return hex.replace(" ", "");
    }
}
