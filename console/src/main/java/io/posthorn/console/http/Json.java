package io.posthorn.console.http;

import java.io.OutputStream;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON: trees come in, and values go out piece by piece. Thread-safe.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /// @throws HttpFailure when it is no JSON
    public static JsonNode parse(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw HttpFailure.badRequest("not_json");
        }
    }

    /// @param bytes nothing at all counts as an empty object
    /// @throws HttpFailure when it is no JSON object
    public static ObjectNode parseObject(byte[] bytes) {
        if (bytes.length == 0) {
            return object();
        }
        if (parse(bytes) instanceof ObjectNode object) {
            return object;
        }
        throw HttpFailure.badRequest("not_json");
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// For a value on its own: a definition that is kept as text.
    public static String text(@Nullable Object value) {
        var text = new StringWriter();
        try (JsonGenerator generator = MAPPER.createGenerator(text)) {
            write(generator, value);
        }
        return text.toString();
    }

    static JsonGenerator generator(OutputStream out) {
        return MAPPER.createGenerator(out);
    }

    /// Writes null, text, numbers, booleans, trees, and maps and lists of these.
    public static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            case Float number -> writeNumber(json, number);
            case Double number -> writeNumber(json, number);
            case Number number -> json.writeRawValue(number.toString());
            case JsonNode tree -> json.writeTree(tree);
            case Map<?, ?> members -> writeMembers(json, members);
            case List<?> items -> writeItems(json, items);
            default -> json.writeString(value.toString());
        }
    }

    private static void writeMembers(JsonGenerator json, Map<?, ?> members) {
        json.writeStartObject();
        members.forEach((name, member) -> {
            json.writeName(String.valueOf(name));
            write(json, member);
        });
        json.writeEndObject();
    }

    private static void writeItems(JsonGenerator json, List<?> items) {
        json.writeStartArray();
        items.forEach(item -> write(json, item));
        json.writeEndArray();
    }

    // JSON has no infinity; RabbitMQ says it in a word.
    private static void writeNumber(JsonGenerator json, double number) {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeString(Double.isNaN(number) ? "NaN" : "infinity");
        }
    }
}
