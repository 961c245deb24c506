package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The types of argument values, with the names that RabbitMQ gives them in its texts.
enum ValueType {
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

    String rabbitName() {
        return rabbitName;
    }

    static ValueType of(@Nullable Object value) {
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

    private boolean isFloat() {
        return this == FLOAT || this == DOUBLE;
    }

    /// Equal values of one class of types: the width of a number does not count, its kind does.
    static boolean sameValue(Object one, Object other) {
        var type = of(one);
        var otherType = of(other);
        if (type.isInteger() && otherType.isInteger()) {
            return ((Number) one).longValue() == ((Number) other).longValue();
        }
        if (type.isFloat() && otherType.isFloat()) {
            return ((Number) one).doubleValue() == ((Number) other).doubleValue();
        }
        return type == otherType && one.equals(other);
    }
}
