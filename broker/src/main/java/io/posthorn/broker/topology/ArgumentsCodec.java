package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes and reads arguments with the exact type of each value. The tags are part of the storage format.
final class ArgumentsCodec {
    private static final int VOID = 0;
    private static final int FALSE = 1;
    private static final int TRUE = 2;
    private static final int BYTE = 3;
    private static final int SHORT = 4;
    private static final int INT = 5;
    private static final int LONG = 6;
    private static final int FLOAT = 7;
    private static final int DOUBLE = 8;
    private static final int DECIMAL = 9;
    private static final int TEXT = 10;
    private static final int BINARY = 11;
    private static final int INSTANT = 12;
    private static final int LIST = 13;
    private static final int TABLE = 14;

    private ArgumentsCodec() {}

    static void write(ByteWriter out, Arguments arguments) {
        out.number(arguments.values().size());
        arguments.values().forEach((name, value) -> {
            out.text(name);
            writeValue(out, value);
        });
    }

    static Arguments read(ByteReader in) {
        int count = in.count();
        if (count == 0) {
            return Arguments.NONE;
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            values.put(name, readValue(in));
        }
        return new Arguments(values);
    }

    private static void writeValue(ByteWriter out, @Nullable Object value) {
        switch (value) {
            case null -> out.octet(VOID);
            case Boolean flag -> out.octet(flag ? TRUE : FALSE);
            case Byte number -> writeNumber(out, BYTE, number);
            case Short number -> writeNumber(out, SHORT, number);
            case Integer number -> writeNumber(out, INT, number);
            case Long number -> writeNumber(out, LONG, number);
            case Float number -> writeNumber(out, FLOAT, Float.floatToRawIntBits(number));
            case Double number -> writeNumber(out, DOUBLE, Double.doubleToRawLongBits(number));
            case BigDecimal number -> {
                writeNumber(out, DECIMAL, number.scale());
                out.bytes(number.unscaledValue().toByteArray());
            }
            case String text -> {
                out.octet(TEXT);
                out.text(text);
            }
            case Bytes bytes -> {
                out.octet(BINARY);
                out.bytes(bytes.toByteArray());
            }
            case Instant instant -> {
                writeNumber(out, INSTANT, instant.getEpochSecond());
                out.number(instant.getNano());
            }
            case List<?> list -> {
                writeNumber(out, LIST, list.size());
                list.forEach(item -> writeValue(out, item));
            }
            case Arguments table -> {
                out.octet(TABLE);
                write(out, table);
            }
            default -> throw new IllegalArgumentException("no argument value: " + value.getClass());
        }
    }

    private static void writeNumber(ByteWriter out, int tag, long number) {
        out.octet(tag);
        out.number(number);
    }

    private static @Nullable Object readValue(ByteReader in) {
        int tag = in.octet();
        return switch (tag) {
            case VOID -> null;
            case FALSE -> false;
            case TRUE -> true;
            case BYTE -> (byte) in.number();
            case SHORT -> (short) in.number();
            case INT -> (int) in.number();
            case LONG -> in.number();
            case FLOAT -> Float.intBitsToFloat((int) in.number());
            case DOUBLE -> Double.longBitsToDouble(in.number());
            case DECIMAL -> {
                int scale = (int) in.number();
                yield new BigDecimal(new BigInteger(in.bytes().toByteArray()), scale);
            }
            case TEXT -> in.text();
            case BINARY -> in.bytes().copy();
            case INSTANT -> {
                long second = in.number();
                yield Instant.ofEpochSecond(second, in.number());
            }
            case LIST -> readList(in);
            case TABLE -> read(in);
            default -> throw new IllegalArgumentException("unknown type of value: " + tag);
        };
    }

    private static List<@Nullable Object> readList(ByteReader in) {
        int count = in.count();
        var list = new ArrayList<@Nullable Object>(count);
        for (int i = 0; i < count; i++) {
            list.add(readValue(in));
        }
        return list;
    }
}
