package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A field table as members of a JSON object.
final class ArgumentMembers {
    private ArgumentMembers() {}

    static Map<String, Object> of(Arguments table) {
        var members = new LinkedHashMap<String, Object>();
        table.values().forEach((name, value) -> members.put(name, value(value)));
        return members;
    }

    @SuppressWarnings("NullAway") // maps and lists of JSON hold nulls
    private static Object value(@Nullable Object value) {
        return switch (value) {
            case Arguments inner -> of(inner);
            case List<?> list -> list.stream().map(ArgumentMembers::value).toList();
            case Bytes bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
            case Instant time -> time.getEpochSecond();
            case BigDecimal number -> number.doubleValue();
            case null -> null;
            default -> value;
        };
    }
}
