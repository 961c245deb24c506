package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.console.http.HttpFailure;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Arguments as requests have them: whole numbers are longs, others doubles, as RabbitMQ takes them.
final class JsonArguments {
    private JsonArguments() {}

    static Arguments of(ObjectNode members) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        members.properties().forEach(member -> values.put(member.getKey(), value(member.getValue())));
        return values.isEmpty() ? Arguments.NONE : new Arguments(values);
    }

    private static Object value(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> of((ObjectNode) value);
            case ARRAY -> value.valueStream().map(JsonArguments::value).toList();
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> number(value);
            case NULL, MISSING, BINARY, POJO -> throw HttpFailure.badRequest("null_not_allowed");
        };
    }

    private static Object number(JsonNode value) {
        if (!value.isIntegralNumber()) {
            return value.doubleValue();
        }
        if (!value.canConvertToLong()) {
            throw HttpFailure.badRequest(List.of("not_integer", value));
        }
        return value.longValue();
    }
}
