package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The types of argument values, with the names that RabbitMQ gives them in its texts.
public enum ValueType {
    VOID("void"),
    BOOL("bool"),
    BYTE("byte"),
    SHORT("short"),
    SIGNED_INT("signedint"),
    LONG("long"),
    FLOAT("float"),
    DOUBLE("double"),
    DECIMAL("decimal"),
    LONG_STRING("longstr"),
    BINARY("binary"),
    TIMESTAMP("timestamp"),
    ARRAY("array"),
    TABLE("table");

    private final String rabbitName;

    ValueType(String rabbitName) {
        this.rabbitName = rabbitName;
    }

    public String rabbitName() {
        return rabbitName;
    }

    public static ValueType of(@Nullable Object value) {
        return switch (value) {
            case null -> VOID;
            case Boolean _ -> BOOL;
            case Byte _ -> BYTE;
            case Short _ -> SHORT;
            case Integer _ -> SIGNED_INT;
            case Long _ -> LONG;
            case Float _ -> FLOAT;
            case Double _ -> DOUBLE;
            case BigDecimal _ -> DECIMAL;
            case String _ -> LONG_STRING;
            case Bytes _ -> BINARY;
            case Instant _ -> TIMESTAMP;
            case List<?> _ -> ARRAY;
            case Arguments _ -> TABLE;
            default -> throw new IllegalArgumentException("no argument value: " + value.getClass());
        };
    }

    boolean isInteger() {
        return switch (this) {
            case BYTE, SHORT, SIGNED_INT, LONG -> true;
            case VOID, BOOL, FLOAT, DOUBLE, DECIMAL, LONG_STRING, BINARY, TIMESTAMP, ARRAY, TABLE -> false;
        };
    }

    /// Whether two values are one to RabbitMQ, which compares terms of Erlang where the types differ: the width of a
    /// number does not count, a time is its seconds, and a text its bytes.
    static boolean sameValue(Object one, Object other) {
        return switch (of(one)) {
            case BYTE, SHORT, SIGNED_INT, LONG, TIMESTAMP -> isWhole(other) && wholeOf(one) == wholeOf(other);
            case FLOAT, DOUBLE ->
                (other instanceof Float || other instanceof Double)
                        && ((Number) one).doubleValue() == ((Number) other).doubleValue();
            case LONG_STRING, BINARY ->
                (other instanceof String || other instanceof Bytes)
                        && bytesOf(one).equals(bytesOf(other));
            case VOID, BOOL, DECIMAL, ARRAY, TABLE -> one.equals(other);
        };
    }

    private static boolean isWhole(Object value) {
        return of(value).isInteger() || value instanceof Instant;
    }

    private static long wholeOf(Object value) {
        return value instanceof Instant time ? time.getEpochSecond() : ((Number) value).longValue();
    }

    private static Bytes bytesOf(Object value) {
        return value instanceof String text ? Bytes.utf8(text) : (Bytes) value;
    }
}
