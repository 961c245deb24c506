package io.posthorn.console.v1;

import io.posthorn.broker.Arguments;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Typed values as JSON that loses no type: each an object with one member, named by the type: `{"int32": 5}`. So
/// what was exported is imported as it was, where JSON itself knows one kind of number and no dates or bytes.
final class TypedValues {
    private TypedValues() {}

    static Map<String, Object> written(Arguments table) {
        var members = new LinkedHashMap<String, Object>();
        table.values().forEach((name, value) -> members.put(name, written(value)));
        return members;
    }

    private static Map<String, Object> written(@Nullable Object value) {
        return switch (value) {
            case null -> Map.of("void", true);
            case Boolean flag -> Map.of("bool", flag);
            case Byte number -> Map.of("int8", number.intValue());
            case Short number -> Map.of("int16", number.intValue());
            case Integer number -> Map.of("int32", number);
            case Long number -> Map.of("int64", number);
            // As text, since JSON has no word for what is no number.
            case Float number -> Map.of("float", number.toString());
            case Double number -> Map.of("double", number.toString());
            case BigDecimal number -> Map.of("decimal", number.toString());
            case String text -> Map.of("text", text);
            case Bytes bytes -> Map.of("bytes", Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Instant time -> Map.of("timestamp", time.toString());
            case List<?> list ->
                Map.of("array", list.stream().map(TypedValues::written).toList());
            case Arguments table -> Map.of("table", written(table));
            default -> throw new IllegalStateException("no value of a table: " + value.getClass());
        };
    }

    /// @throws HttpFailure when it is none
    static Arguments readTable(JsonNode table) {
        if (!table.isObject()) {
            throw wrong(table);
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        table.properties().forEach(member -> values.put(member.getKey(), read(member.getValue())));
        return new Arguments(values);
    }

    private static @Nullable Object read(JsonNode typed) {
        if (!typed.isObject() || typed.size() != 1) {
            throw wrong(typed);
        }
        Map.Entry<String, JsonNode> only = typed.properties().iterator().next();
        try {
            return read(only.getKey(), only.getValue());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw wrong(typed);
        }
    }

    private static @Nullable Object read(String type, JsonNode value) {
        return switch (type) {
            case "void" -> null;
            case "bool" -> {
                require(value.isBoolean(), value);
                yield value.booleanValue();
            }
            case "int8" -> (byte) whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "int16" -> (short) whole(value, Short.MIN_VALUE, Short.MAX_VALUE);
            case "int32" -> (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int64" -> whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case "float" -> Float.valueOf(text(value));
            case "double" -> Double.valueOf(text(value));
            case "decimal" -> new BigDecimal(text(value));
            case "text" -> text(value);
            case "bytes" -> new Bytes(Base64.getDecoder().decode(text(value)));
            case "timestamp" -> Instant.parse(text(value));
            case "array" -> list(value);
            case "table" -> readTable(value);
            default -> throw wrong(value);
        };
    }

    private static List<@Nullable Object> list(JsonNode value) {
        require(value.isArray(), value);
        var list = new ArrayList<@Nullable Object>();
        value.forEach(element -> list.add(read(element)));
        return list;
    }

    private static long whole(JsonNode value, long least, long most) {
        require(value.isIntegralNumber() && value.canConvertToLong(), value);
        long number = value.longValue();
        require(number >= least && number <= most, value);
        return number;
    }

    private static String text(JsonNode value) {
        require(value.isString(), value);
        return value.stringValue();
    }

    private static void require(boolean holds, JsonNode value) {
        if (!holds) {
            throw wrong(value);
        }
    }

    private static HttpFailure wrong(JsonNode value) {
        String text = value.toString();
        return HttpFailure.badRequest(
                "not a typed value: " + (text.length() > 100 ? text.substring(0, 100) + " ..." : text));
    }
}
