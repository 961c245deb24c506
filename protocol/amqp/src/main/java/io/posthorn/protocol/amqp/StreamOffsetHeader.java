package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The header `x-stream-offset` that every delivery of a stream has: written into the bytes of its properties, as
/// nobody wants to read and write all of them for each delivery.
final class StreamOffsetHeader {
    private static final String NAME = "x-stream-offset";
    private static final Bytes NAME_BYTES = Bytes.utf8(NAME);
    private static final int FLAGS_SIZE = 2;
    private static final int LENGTH_SIZE = 4;
    private static final int CONTENT_TYPE = 0x80;
    private static final int CONTENT_ENCODING = 0x40;
    private static final int HEADERS = 0x20;

    /// Name, type and value of one entry of a table.
    private static final int ENTRY_SIZE = 1 + NAME_BYTES.length() + 1 + Long.BYTES;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private StreamOffsetHeader() {}

    /// @param properties flags and values, as a publisher sent them or we wrote them: they are well-formed
    static Bytes in(Bytes properties, long offset) {
        byte[] from = properties.array();
        int start = properties.offset();
        int flags = from[start] & 0xFF;
        int table = start + FLAGS_SIZE;
        table += (flags & CONTENT_TYPE) == 0 ? 0 : 1 + (from[table] & 0xFF);
        table += (flags & CONTENT_ENCODING) == 0 ? 0 : 1 + (from[table] & 0xFF);
        boolean hasTable = (flags & HEADERS) != 0;
        int length = hasTable ? (int) INTS.get(from, table) : 0;
        int tableEnd = hasTable ? table + LENGTH_SIZE + length : table;
        if (hasTable && names(from, table + LENGTH_SIZE, tableEnd)) {
            return replaced(properties, offset);
        }
        int end = start + properties.length();
        int added = ENTRY_SIZE + (hasTable ? 0 : LENGTH_SIZE);
        byte[] to = new byte[properties.length() + added];
        System.arraycopy(from, start, to, 0, tableEnd - start);
        to[0] |= (byte) HEADERS;
        INTS.set(to, table - start, length + ENTRY_SIZE);
        int rest = putEntry(to, tableEnd - start + (hasTable ? 0 : LENGTH_SIZE), offset);
        System.arraycopy(from, tableEnd, to, rest, end - tableEnd);
        return new Bytes(to);
    }

    /// @return where the entry ends
    private static int putEntry(byte[] to, int at, long offset) {
        int length = NAME_BYTES.length();
        to[at] = (byte) length;
        System.arraycopy(NAME_BYTES.array(), NAME_BYTES.offset(), to, at + 1, length);
        to[at + 1 + length] = 'l';
        LONGS.set(to, at + 2 + length, offset);
        return at + ENTRY_SIZE;
    }

    /// Whether the name is there, be it as a name or in a value.
    private static boolean names(byte[] bytes, int from, int to) {
        int last = to - NAME_BYTES.length();
        for (int at = from; at <= last; at++) {
            if (bytes[at] == 'x' && new Bytes(bytes, at, NAME_BYTES.length()).equals(NAME_BYTES)) {
                return true;
            }
        }
        return false;
    }

    /// A message that was taken from a stream and published again brings its old offset.
    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Bytes replaced(Bytes raw, long offset) {
        var properties = BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()));
        Arguments headers = properties.headers() == null ? Arguments.NONE : properties.headers();
        Map<String, @Nullable Object> values = new LinkedHashMap<>(headers.values());
        values.put(NAME, offset);
        ByteBuf out = Unpooled.buffer();
        properties.withHeaders(new Arguments(values)).write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }
}
