package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Field tables, with the type octets that RabbitMQ reads and writes; they are not those of §4.2.5.5 of the
/// specification, which no broker follows.
///
/// | octet | type | read as | | octet | type | read as |
/// |---|---|---|---|---|---|---|
/// | `t` | boolean | `Boolean` | | `S` | long string | `String`, or `Bytes` when not UTF-8 |
/// | `b` | int8 | `Byte` | | `x` | bytes | `Bytes` |
/// | `B` | uint8 | `Short` | | `T` | seconds | `Instant` |
/// | `s` | int16 | `Short` | | `D` | decimal | `BigDecimal` |
/// | `u` | uint16 | `Integer` | | `F` | table | `Arguments` |
/// | `I` | int32 | `Integer` | | `A` | array | `List` |
/// | `i` | uint32 | `Long` | | `V` | void | null |
/// | `l` `L` | int64 | `Long` | | `f` `d` | floating point | `Float`, `Double` |
public final class FieldTable {
    /// Deeper nesting is refused: nobody needs it, and decoders recurse.
    static final int DEEPEST = 16;

    private FieldTable() {}

    /// Reads a table with its length in front. Of fields of one name the first counts, as in RabbitMQ.
    ///
    /// @throws MalformedException
    public static Arguments read(ByteBuf in) {
        return read(in, 1);
    }

    public static void write(ByteBuf out, Arguments table) {
        int at = out.writerIndex();
        out.writeInt(0);
        for (Map.Entry<String, @Nullable Object> field : table.values().entrySet()) {
            WireWriter.shortString(out, field.getKey());
            writeValue(out, field.getValue());
        }
        out.setInt(at, out.writerIndex() - at - Integer.BYTES);
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments read(ByteBuf in, int depth) {
        int end = end(in, depth);
        if (in.readerIndex() == end) {
            return Arguments.NONE;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (in.readerIndex() < end) {
            String name = name(in, end);
            Object value = value(in, end, depth);
            if (!fields.containsKey(name)) {
                fields.put(name, value);
            }
        }
        return new Arguments(fields);
    }

    private static List<@Nullable Object> array(ByteBuf in, int depth) {
        int end = end(in, depth);
        List<@Nullable Object> values = new ArrayList<>();
        while (in.readerIndex() < end) {
            values.add(value(in, end, depth));
        }
        return java.util.Collections.unmodifiableList(values);
    }

    // The length is believed only as far as bytes have come; what is inside is read up to this end, not beyond.
    private static int end(ByteBuf in, int depth) {
        if (depth > DEEPEST) {
            throw new MalformedException("a table nested deeper than " + DEEPEST);
        }
        if (in.readableBytes() < 4) {
            throw new MalformedException("a table ends too early");
        }
        long length = in.readUnsignedInt();
        if (length > in.readableBytes()) {
            throw new MalformedException("a table of " + length + " bytes, of which " + in.readableBytes() + " came");
        }
        return in.readerIndex() + (int) length;
    }

    private static String name(ByteBuf in, int end) {
        int length = in.readUnsignedByte();
        need(in, end, length);
        return ShortStrings.ofThread().read(in, length);
    }

    private static @Nullable Object value(ByteBuf in, int end, int depth) {
        need(in, end, 1);
        byte type = in.readByte();
        return switch (type) {
            case 't' -> need(in, end, 1).readByte() != 0;
            case 'b' -> need(in, end, 1).readByte();
            case 'B' -> need(in, end, 1).readUnsignedByte();
            case 's' -> need(in, end, 2).readShort();
            case 'u' -> need(in, end, 2).readUnsignedShort();
            case 'I' -> need(in, end, 4).readInt();
            case 'i' -> need(in, end, 4).readUnsignedInt();
            case 'l', 'L' -> need(in, end, 8).readLong();
            case 'f' -> need(in, end, 4).readFloat();
            case 'd' -> need(in, end, 8).readDouble();
            case 'D' -> decimal(need(in, end, 5));
            case 'T' -> instant(need(in, end, 8).readLong());
            case 'S' -> text(bytes(in, end));
            case 'x' -> bytes(in, end);
            case 'F' -> within(in, end, read(in, depth + 1));
            case 'A' -> within(in, end, array(in, depth + 1));
            case 'V' -> null;
            default -> throw new MalformedException("a field of type " + (type & 0xff));
        };
    }

    private static Object decimal(ByteBuf in) {
        int scale = in.readUnsignedByte();
        return new BigDecimal(BigInteger.valueOf(in.readInt()), scale);
    }

    private static Object instant(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException _) {
            throw new MalformedException("a time beyond all years");
        }
    }

    private static Object text(Bytes bytes) {
        try {
            return Utf8.strict(bytes.array(), bytes.offset(), bytes.length());
        } catch (MalformedException _) {
            return bytes;
        }
    }

    private static Bytes bytes(ByteBuf in, int end) {
        long length = need(in, end, 4).readUnsignedInt();
        if (length > end - in.readerIndex()) {
            throw new MalformedException("a field longer than its table");
        }
        byte[] array = new byte[(int) length];
        in.readBytes(array);
        return new Bytes(array);
    }

    private static Object within(ByteBuf in, int end, Object nested) {
        if (in.readerIndex() > end) {
            throw new MalformedException("a field longer than its table");
        }
        return nested;
    }

    private static ByteBuf need(ByteBuf in, int end, int length) {
        if (end - in.readerIndex() < length) {
            throw new MalformedException("a field longer than its table");
        }
        return in;
    }

    private static void writeValue(ByteBuf out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeByte('V');
            case Boolean flag -> out.writeByte('t').writeBoolean(flag);
            case Byte number -> out.writeByte('b').writeByte(number);
            case Short number -> out.writeByte('s').writeShort(number);
            case Integer number -> out.writeByte('I').writeInt(number);
            case Long number -> out.writeByte('l').writeLong(number);
            case Float number -> out.writeByte('f').writeFloat(number);
            case Double number -> out.writeByte('d').writeDouble(number);
            case BigDecimal number -> writeDecimal(out, number);
            case Instant time -> out.writeByte('T').writeLong(time.getEpochSecond());
            case String text -> WireWriter.longText(out.writeByte('S'), text);
            case Bytes bytes ->
                out.writeByte('x').writeInt(bytes.length()).writeBytes(bytes.array(), bytes.offset(), bytes.length());
            case Arguments table -> write(out.writeByte('F'), table);
            case List<?> list -> writeArray(out, list);
            default -> throw new IllegalArgumentException("no field type for " + value.getClass());
        }
    }

    private static void writeDecimal(ByteBuf out, BigDecimal number) {
        if (number.scale() < 0 || number.scale() > 255 || number.unscaledValue().bitLength() > 31) {
            throw new IllegalArgumentException("no AMQP decimal: " + number);
        }
        out.writeByte('D')
                .writeByte(number.scale())
                .writeInt(number.unscaledValue().intValue());
    }

    private static void writeArray(ByteBuf out, List<?> list) {
        out.writeByte('A');
        int at = out.writerIndex();
        out.writeInt(0);
        for (Object value : list) {
            writeValue(out, value);
        }
        out.setInt(at, out.writerIndex() - at - Integer.BYTES);
    }
}
