package io.posthorn.console.v1;

import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Death;
import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Messages as they are shown.
final class MessageJson {
    /// The raw form of what the other headers say too.
    private static final String RAW_PROPERTIES = "amqp-properties";

    private static final Schema DEATH = Schema.object()
            .with("queue", Schema.text().meaning("Where it died."))
            .with("reason", Schema.oneOf("rejected", "expired", "maxlen", "delivery_limit"))
            .with("count", Schema.integer())
            .with("first_time", Schema.time())
            .with("exchange", Schema.text())
            .with("routing_keys", Schema.listOf(Schema.text()));

    static final Schema SCHEMA = Schema.object()
            .with("id", Schema.integer().meaning("Names the message in its queue, for ever."))
            .with("queue", Schema.text().meaning("Where it is; a dead one is not where it died."))
            .with("state", Schema.oneOf("ready", "unsettled", "dead"))
            .with("redelivered", Schema.flag())
            .with("delivery_count", Schema.integer())
            .with("exchange", Schema.text())
            .with("routing_key", Schema.text())
            .with("persistent", Schema.flag())
            .with("priority", Schema.integer())
            .with("published_at", Schema.time())
            .with("expires_at", Schema.time().orNull())
            .with("headers", Schema.mapOf(Schema.text()))
            .with("deaths", Schema.listOf(DEATH))
            .with("body", Schema.text().meaning("From its beginning, as far as was asked for."))
            .with("body_encoding", Schema.oneOf("utf-8", "base64"))
            .with("body_bytes", Schema.integer().meaning("Of the whole body."));

    private MessageJson() {}

    /// @param most bytes of the body
    static Map<String, @Nullable Object> of(BrowsedMessage browsed, int most) {
        Message message = browsed.message();
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", browsed.id());
        json.put("queue", browsed.queue().name());
        json.put("state", browsed.state().name().toLowerCase(Locale.ROOT));
        json.put("redelivered", browsed.redelivered());
        json.put("delivery_count", browsed.deliveryCount());
        json.put("exchange", message.exchange());
        json.put("routing_key", message.routingKey());
        json.put("persistent", message.persistent());
        json.put("priority", message.priority());
        json.put("published_at", time(message.timestamp()));
        json.put("expires_at", message.expiresAt() == Message.NEVER ? null : time(message.expiresAt()));
        json.put("headers", headers(message));
        json.put("deaths", deaths(message));
        addBody(json, message.body(), most);
        return json;
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static Map<String, Object> headers(Message message) {
        var headers = new LinkedHashMap<String, Object>();
        for (RecordHeader header : message.headers()) {
            String name = header.name().toUtf8();
            Bytes value = header.value();
            if (!name.equals(RAW_PROPERTIES) && value != null) {
                headers.put(name, text(value).orElseGet(() -> base64(value)));
            }
        }
        return headers;
    }

    private static List<Map<String, Object>> deaths(Message message) {
        DeathHistory history = message.deaths();
        return history == null
                ? List.of()
                : history.deaths().stream().map(MessageJson::of).toList();
    }

    private static Map<String, Object> of(Death death) {
        var json = new LinkedHashMap<String, Object>();
        json.put("queue", death.queue());
        json.put("reason", DeadLetterField.nameOf(death.reason()));
        json.put("count", death.count());
        json.put("first_time", time(death.firstTime()));
        json.put("exchange", death.exchange());
        json.put("routing_keys", death.routingKeys());
        return json;
    }

    private static void addBody(Map<String, @Nullable Object> json, Bytes body, int most) {
        Bytes shown = body.length() <= most ? body : body.slice(0, most);
        Optional<String> text = text(shown);
        json.put("body", text.orElseGet(() -> base64(shown)));
        json.put("body_encoding", text.isPresent() ? "utf-8" : "base64");
        json.put("body_bytes", body.length());
    }

    /// Nothing when it is no text, which a text that was cut within a letter is not either.
    private static Optional<String> text(Bytes bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
