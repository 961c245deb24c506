package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;

/// Any bytes are a field table, or are refused; a table read is written and read as the same.
public final class TableFuzzer {
    private TableFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Arguments table;
        try {
            table = FieldTable.read(Unpooled.wrappedBuffer(input));
        } catch (MalformedException refused) {
            return;
        }
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, table);
        if (!FieldTable.read(out).equals(table)) {
            throw new AssertionError(table + " changed on its way");
        }
    }
}
