package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Any bytes are a method, or are refused with a reply code; a method read is written and read as the same.
public final class MethodFuzzer {
    private MethodFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Method method;
        try {
            method = new MethodReader().read(Unpooled.wrappedBuffer(input));
        } catch (AmqpException refused) {
            return;
        }
        ByteBuf out = Unpooled.buffer();
        new FrameWriter().method(out, 0, method);
        Method again = new MethodReader().read(out.slice(7, out.readableBytes() - 8));
        if (!again.equals(method)) {
            throw new AssertionError(method + " became " + again);
        }
    }
}
