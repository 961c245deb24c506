package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a headers exchange compares a binding's arguments with a message's headers, as RabbitMQ does.
final class HeadersMatch {
    static final String X_MATCH = "x-match";

    private HeadersMatch() {}

    static boolean matches(Arguments binding, Arguments headers) {
        // Bindings were checked when made; anything else means the default, all.
        Object mode = binding.get(X_MATCH);
        return switch (mode instanceof String text ? text : "all") {
            case "any" -> matchesAny(binding, headers, false);
            case "any-with-x" -> matchesAny(binding, headers, true);
            case "all-with-x" -> matchesAll(binding, headers, true);
            default -> matchesAll(binding, headers, false);
        };
    }

    private static boolean matchesAll(Arguments binding, Arguments headers, boolean withX) {
        for (var pattern : binding.values().entrySet()) {
            if (counts(pattern.getKey(), withX) && !matches(pattern, headers)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesAny(Arguments binding, Arguments headers, boolean withX) {
        for (var pattern : binding.values().entrySet()) {
            if (counts(pattern.getKey(), withX) && matches(pattern, headers)) {
                return true;
            }
        }
        return false;
    }

    private static boolean counts(String name, boolean withX) {
        return withX ? !name.equals(X_MATCH) : !name.startsWith("x-");
    }

    /// A pattern without a value asks only that the header is there.
    private static boolean matches(Map.Entry<String, @Nullable Object> pattern, Arguments headers) {
        Object wanted = pattern.getValue();
        if (wanted == null) {
            return headers.values().containsKey(pattern.getKey());
        }
        Object found = headers.get(pattern.getKey());
        return found != null && sameTerm(wanted, found);
    }

    /// RabbitMQ compares values here without a look at their types: 1 is 1.0 and the first second of 1970, and a
    /// text is its bytes; but true is not 1.
    private static boolean sameTerm(Object wanted, Object found) {
        if (wanted instanceof String text && found instanceof Bytes bytes) {
            return bytes.equals(Bytes.utf8(text));
        }
        if (wanted instanceof Bytes bytes && found instanceof String text) {
            return bytes.equals(Bytes.utf8(text));
        }
        Number one = number(wanted);
        Number other = number(found);
        if (one == null || other == null) {
            return wanted.equals(found);
        }
        boolean isFraction = one instanceof Double || other instanceof Double;
        return isFraction ? one.doubleValue() == other.doubleValue() : one.longValue() == other.longValue();
    }

    private static @Nullable Number number(Object value) {
        return switch (ValueType.of(value)) {
            case BYTE, SHORT, SIGNED_INT, LONG -> ((Number) value).longValue();
            case FLOAT, DOUBLE -> ((Number) value).doubleValue();
            case TIMESTAMP -> ((Instant) value).getEpochSecond();
            case VOID, BOOL, DECIMAL, LONG_STRING, BINARY, ARRAY, TABLE -> null;
        };
    }
}
