package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.console.http.HttpFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// The properties of a message as requests and answers have them.
final class PropertyMembers {
    private static final String HEADERS = "headers";
    private static final Set<String> NUMBERS = Set.of("delivery_mode", "priority", "timestamp");
    private static final Set<String> TEXTS = Set.of(
            "content_type",
            "content_encoding",
            "correlation_id",
            "reply_to",
            "expiration",
            "message_id",
            "type",
            "user_id",
            "app_id",
            "cluster_id");

    private PropertyMembers() {}

    /// Unknown ones are passed over, as by RabbitMQ.
    ///
    /// @throws HttpFailure when one is of the wrong type
    static Arguments read(JsonNode properties) {
        return switch (properties) {
            case ArrayNode array when array.isEmpty() -> Arguments.NONE;
            case ObjectNode object -> read(object);
            default -> throw HttpFailure.badRequest("properties should be an object");
        };
    }

    private static Arguments read(ObjectNode properties) {
        var table = new LinkedHashMap<String, @Nullable Object>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            String name = property.getKey();
            JsonNode value = property.getValue();
            if (name.equals(HEADERS)) {
                table.put(name, headers(value));
            } else if (NUMBERS.contains(name)) {
                table.put(name, number(name, value));
            } else if (TEXTS.contains(name)) {
                table.put(name, text(name, value));
            }
        }
        return new Arguments(table);
    }

    private static Arguments headers(JsonNode value) {
        return switch (value) {
            case ObjectNode headers -> JsonArguments.of(headers);
            case ArrayNode array when array.isEmpty() -> Arguments.NONE;
            case NullNode _ -> Arguments.NONE;
            default -> throw HttpFailure.badRequest("headers should be an object");
        };
    }

    private static long number(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw HttpFailure.badRequest(List.of("not_int", name));
        }
        return value.longValue();
    }

    private static String text(String name, JsonNode value) {
        if (!value.isString()) {
            throw HttpFailure.badRequest(List.of("not_string", name));
        }
        return value.stringValue();
    }

    /// Without any, RabbitMQ writes an empty list; there are clients that take nothing else.
    static Object written(Arguments properties) {
        return properties.isEmpty() ? List.of() : ArgumentMembers.of(properties);
    }
}
