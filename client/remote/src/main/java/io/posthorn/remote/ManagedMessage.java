package io.posthorn.remote;

import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Conversation;
import io.posthorn.events.spi.Incoming;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Messages as the management API shows them: properties are headers by the names that all protocols share.
final class ManagedMessage {
    private static final String MESSAGE_ID = "message-id";
    private static final String CONTENT_TYPE = "content-type";
    private static final String CORRELATION_ID = "correlation-id";
    private static final String REPLY_TO = "reply-topic";
    private static final String KEY = "x-partition-key";
    private static final Set<String> NOT_HEADERS = Set.of(
            MESSAGE_ID, CONTENT_TYPE, CORRELATION_ID, REPLY_TO, KEY, "x-fair-by", "x-delay", "CC", "x-delivery-count");

    private ManagedMessage() {}

    /// What the publisher called it; empty where it has no name.
    static String id(JsonNode message) {
        String id = text(message.get("headers"), MESSAGE_ID);
        return id == null ? "" : id;
    }

    static Incoming incoming(String queue, JsonNode message) {
        JsonNode properties = message.get("headers");
        Map<String, String> headers = new LinkedHashMap<>();
        properties.propertyStream().forEach(header -> {
            if (!NOT_HEADERS.contains(header.getKey())) {
                headers.put(header.getKey(), header.getValue().asString());
            }
        });
        return new Incoming(
                queue,
                message.get("routing_key").asString(),
                new Content(
                        id(message),
                        text(properties, CONTENT_TYPE),
                        text(properties, KEY),
                        Instant.parse(message.get("published_at").asString()).toEpochMilli(),
                        headers,
                        body(message)),
                Conversation.of(text(properties, CORRELATION_ID), text(properties, REPLY_TO)),
                message.get("priority").asInt(),
                message.get("redelivered").asBoolean(),
                message.get("delivery_count").asInt(),
                _ -> {});
    }

    private static byte[] body(JsonNode message) {
        String body = message.get("body").asString();
        return message.get("body_encoding").asString().equals("base64")
                ? Base64.getDecoder().decode(body)
                : body.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(JsonNode properties, String name) {
        JsonNode value = properties.get(name);
        return value == null || value.isNull() ? null : value.asString();
    }
}
