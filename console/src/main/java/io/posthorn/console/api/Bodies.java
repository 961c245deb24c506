package io.posthorn.console.api;

import io.posthorn.console.http.HttpFailure;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How RabbitMQ reads the bodies of what operators decide, and what it says of those it does not understand.
final class Bodies {
    private Bodies() {}

    /// @throws HttpFailure naming all that are missing
    static void require(ObjectNode body, String... keys) {
        var missing = Arrays.stream(keys)
                .filter(key -> !body.has(key))
                .map(key -> "{key_missing," + key + "}")
                .toList();
        if (!missing.isEmpty()) {
            throw HttpFailure.badRequest("[" + String.join(",", missing) + "]");
        }
    }

    /// @throws HttpFailure when it is missing, or no text
    static String text(ObjectNode body, String key) {
        require(body, key);
        var value = body.get(key);
        if (!value.isString()) {
            throw HttpFailure.badRequest(key + " should be a string, actually was " + term(value));
        }
        return value.stringValue();
    }

    /// An array of texts, or one text with commas.
    static List<String> tags(JsonNode value) {
        if (value.isString()) {
            return Arrays.stream(value.stringValue().split(",", -1))
                    .map(String::strip)
                    .filter(tag -> !tag.isEmpty())
                    .toList();
        }
        return texts("tags", value);
    }

    static List<String> texts(String key, JsonNode value) {
        if (value.isArray() && value.valueStream().allMatch(JsonNode::isString)) {
            return value.valueStream().map(JsonNode::stringValue).toList();
        }
        throw HttpFailure.badRequest(key + " should be a list of strings, actually was " + term(value));
    }

    /// @throws HttpFailure when it is no whole number; text is none here
    static long limit(String name, ObjectNode body) {
        require(body, "value");
        return limit(name, body.get("value"));
    }

    static long limit(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw HttpFailure.badRequest(name + " should be a number, actually was " + term(value));
        }
        return value.longValue();
    }

    /// As Erlang prints it.
    static String term(JsonNode value) {
        return value.isString() ? "<<\"" + value.stringValue() + "\">>" : value.toString();
    }
}
