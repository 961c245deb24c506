package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Any bytes are properties, or are refused; properties read are written and read as the same.
public final class PropertiesFuzzer {
    private PropertiesFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        BasicProperties properties;
        try {
            properties = BasicProperties.read(Unpooled.wrappedBuffer(input));
        } catch (MalformedException refused) {
            return;
        }
        ByteBuf out = Unpooled.buffer();
        properties.write(out);
        if (!BasicProperties.read(out).equals(properties)) {
            throw new AssertionError(properties + " changed on their way");
        }
    }
}
