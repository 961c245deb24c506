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

/// The headers that say where in a stream a delivery is from, `x-stream-offset`, and of a topic `x-stream-partition`:
/// written into the bytes of its properties, as nobody wants to read and write all of them for each delivery.
final class StreamPlaceHeaders {
    /// Of a stream that has no partitions.
    static final int NO_PARTITION = -1;

    private static final String OFFSET = "x-stream-offset";
    private static final String PARTITION = "x-stream-partition";
    private static final Bytes OFFSET_BYTES = Bytes.utf8(OFFSET);
    private static final Bytes PARTITION_BYTES = Bytes.utf8(PARTITION);
    private static final int FLAGS_SIZE = 2;
    private static final int LENGTH_SIZE = 4;
    private static final int CONTENT_TYPE = 0x80;
    private static final int CONTENT_ENCODING = 0x40;
    private static final int HEADERS = 0x20;

    /// Name, type and value of an entry of a table.
    private static final int OFFSET_SIZE = 1 + OFFSET_BYTES.length() + 1 + Long.BYTES;

    private static final int PARTITION_SIZE = 1 + PARTITION_BYTES.length() + 1 + Integer.BYTES;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private StreamPlaceHeaders() {}

    /// @param properties flags and values, as a publisher sent them or we wrote them: they are well-formed
    /// @param partition negative for none
    static Bytes in(Bytes properties, long offset, int partition) {
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
            return replaced(properties, offset, partition);
        }
        int end = start + properties.length();
        int entries = partition < 0 ? OFFSET_SIZE : OFFSET_SIZE + PARTITION_SIZE;
        byte[] to = new byte[properties.length() + entries + (hasTable ? 0 : LENGTH_SIZE)];
        System.arraycopy(from, start, to, 0, tableEnd - start);
        to[0] |= (byte) HEADERS;
        INTS.set(to, table - start, length + entries);
        int rest = putOffset(to, tableEnd - start + (hasTable ? 0 : LENGTH_SIZE), offset);
        if (partition >= 0) {
            rest = putPartition(to, rest, partition);
        }
        System.arraycopy(from, tableEnd, to, rest, end - tableEnd);
        return new Bytes(to);
    }

    /// @return where the entry ends
    private static int putOffset(byte[] to, int at, long offset) {
        int value = putName(to, at, OFFSET_BYTES, 'l');
        LONGS.set(to, value, offset);
        return value + Long.BYTES;
    }

    private static int putPartition(byte[] to, int at, int partition) {
        int value = putName(to, at, PARTITION_BYTES, 'I');
        INTS.set(to, value, partition);
        return value + Integer.BYTES;
    }

    /// @return where the value begins
    private static int putName(byte[] to, int at, Bytes name, char type) {
        to[at] = (byte) name.length();
        System.arraycopy(name.array(), name.offset(), to, at + 1, name.length());
        to[at + 1 + name.length()] = (byte) type;
        return at + 2 + name.length();
    }

    /// Whether one of the names is there, be it as a name or in a value.
    private static boolean names(byte[] bytes, int from, int to) {
        int last = to - OFFSET_BYTES.length();
        for (int at = from; at <= last; at++) {
            if (bytes[at] == 'x' && (isAt(bytes, at, to, OFFSET_BYTES) || isAt(bytes, at, to, PARTITION_BYTES))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] bytes, int at, int to, Bytes name) {
        return to - at >= name.length() && new Bytes(bytes, at, name.length()).equals(name);
    }

    /// A message that was taken from a stream and published again brings its old place.
    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Bytes replaced(Bytes raw, long offset, int partition) {
        var properties = BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()));
        Arguments headers = properties.headers() == null ? Arguments.NONE : properties.headers();
        Map<String, @Nullable Object> values = new LinkedHashMap<>(headers.values());
        values.put(OFFSET, offset);
        values.remove(PARTITION);
        if (partition >= 0) {
            values.put(PARTITION, partition);
        }
        ByteBuf out = Unpooled.buffer();
        properties.withHeaders(new Arguments(values)).write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }
}
