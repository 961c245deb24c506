package io.posthorn.console.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What a request is answered with.
///
/// @param headers beside those that the server sets itself, by names in lower case
/// @param contentType null when there is no content
/// @param content written when the answer is sent, so that a long one is never in memory as a whole
public record Answer(
        int status, Map<String, String> headers, @Nullable String contentType, Content content) {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int SEE_THERE = 301;
    private static final String JSON = "application/json";

    public Answer {
        headers = Map.copyOf(headers);
    }

    /// Writes the body.
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /// Writes one JSON value, piece by piece.
    @FunctionalInterface
    public interface JsonContent {
        void write(JsonGenerator json);
    }

    /// @param value a tree, or what [Json#write] knows
    public static Answer json(@Nullable Object value) {
        return json(OK, value);
    }

    public static Answer json(int status, @Nullable Object value) {
        return json(status, generator -> Json.write(generator, value));
    }

    public static Answer json(JsonContent content) {
        return json(OK, content);
    }

    public static Answer json(int status, JsonContent content) {
        return new Answer(status, Map.of(), JSON, out -> {
            try (JsonGenerator generator = Json.generator(out)) {
                content.write(generator);
            }
        });
    }

    /// @param contentType with its charset
    public static Answer text(int status, String contentType, String text) {
        return new Answer(status, Map.of(), contentType, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static Answer noContent() {
        return empty(NO_CONTENT);
    }

    public static Answer created() {
        return empty(CREATED);
    }

    /// What PUT says: 201 the first time, 204 when it was there already.
    public static Answer put(boolean isNew) {
        return isNew ? created() : noContent();
    }

    public static Answer movedTo(String location) {
        return empty(SEE_THERE).with("location", location);
    }

    public static Answer empty(int status) {
        return new Answer(status, Map.of(), null, _ -> {});
    }

    public Answer with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, contentType, content);
    }
}
