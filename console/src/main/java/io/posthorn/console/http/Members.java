package io.posthorn.console.http;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// The members of a JSON object that came with a request, read as RabbitMQ reads them: text where a number or a boolean
/// is meant will do, when it says one.
public record Members(ObjectNode object) {
    /// @throws HttpFailure when there is no such member
    public JsonNode require(String name) {
        JsonNode value = object.get(name);
        if (value == null) {
            throw HttpFailure.badRequest("[{key_missing," + name + "}]");
        }
        return value;
    }

    /// Absent, when it is null too.
    public Optional<JsonNode> find(String name) {
        return Optional.ofNullable(object.get(name)).filter(value -> !(value instanceof NullNode));
    }

    /// @throws HttpFailure when it is there and says neither
    public boolean flag(String name, boolean otherwise) {
        return find(name).map(Members::flag).orElse(otherwise);
    }

    /// @throws HttpFailure when it is there and is no whole number
    public long number(String name, long otherwise) {
        return find(name).map(Members::number).orElse(otherwise);
    }

    /// @throws HttpFailure when it is missing, or no whole number
    public long requireNumber(String name) {
        return number(require(name));
    }

    /// @throws HttpFailure when it is there and is no text
    public String text(String name, String otherwise) {
        return find(name).map(value -> text(name, value)).orElse(otherwise);
    }

    /// @throws HttpFailure when it is missing, or no text
    public String requireText(String name) {
        return text(name, require(name));
    }

    /// An empty one when it is not there. An empty list counts as one too, since some languages know no difference.
    ///
    /// @throws HttpFailure when it is something else
    public ObjectNode members(String name) {
        return switch (object.get(name)) {
            case null -> Json.object();
            case NullNode _ -> Json.object();
            case ArrayNode array when array.isEmpty() -> Json.object();
            case ObjectNode members -> members;
            case JsonNode other -> throw HttpFailure.badRequest(List.of("not_a_map", name, other));
        };
    }

    public static boolean flag(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        return switch (value.isString() ? value.stringValue() : "") {
            case "true" -> true;
            case "false" -> false;
            default -> throw HttpFailure.badRequest(List.of("not_boolean", value));
        };
    }

    public static long number(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (value.isString()) {
            try {
                return Long.parseLong(value.stringValue());
            } catch (NumberFormatException e) {
                throw HttpFailure.badRequest(List.of("not_integer", value));
            }
        }
        throw HttpFailure.badRequest(List.of("not_integer", value));
    }

    private static String text(String name, JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        throw HttpFailure.badRequest(List.of("not_a_string", name, value));
    }
}
