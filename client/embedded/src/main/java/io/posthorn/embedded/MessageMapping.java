package io.posthorn.embedded;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Conversation;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Settlement;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.log.Bytes;
import io.posthorn.log.EncodedHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The library's messages as the broker's, and back: properties are record headers by the names that all protocols
/// share.
final class MessageMapping {
    private static final String CONTENT_TYPE = "content-type";
    private static final String MESSAGE_ID = "message-id";
    private static final String CORRELATION_ID = "correlation-id";
    private static final String REPLY_TO = "reply-topic";
    private static final String KEY = "x-partition-key";
    private static final String FAIR_BY = "x-fair-by";
    private static final String DELAY = "x-delay";

    private static final Bytes MESSAGE_ID_NAME = Bytes.utf8(MESSAGE_ID);
    private static final Bytes CORRELATION_ID_NAME = Bytes.utf8(CORRELATION_ID);
    private static final Bytes REPLY_TO_NAME = Bytes.utf8(REPLY_TO);
    private static final Bytes KEY_NAME = Bytes.utf8(KEY);
    private static final Bytes FAIR_BY_NAME = Bytes.utf8(FAIR_BY);

    /// Bytes that a message's own headers mostly fit into.
    private static final int LIKELY_SIZE = 128;

    private MessageMapping() {}

    static Message message(Outgoing outgoing, long now) {
        Content content = outgoing.content();
        Handling handling = outgoing.handling();
        return new Message(
                handling.isDelayed()
                        ? delayedExchange(outgoing.to())
                        : outgoing.to().exchange(),
                outgoing.to().routingKey(),
                outgoing.to().moreRoutingKeys(),
                content.key() == null ? null : Bytes.utf8(content.key()),
                records(content, outgoing.conversation()),
                new Bytes(content.body()),
                handling.persistent(),
                handling.priority(),
                expiresAt(handling, now),
                content.timestamp(),
                () -> attributes(outgoing));
    }

    private static EncodedHeaders records(Content content, Conversation conversation) {
        EncodedHeaders common = RecordNames.of(content.contentType(), content.common());
        var records = new EncodedHeaders.Writer(common.bytes().length() + LIKELY_SIZE);
        records.add(common);
        String id = content.id();
        Bytes idValue = Bytes.utf8(id);
        records.add(MESSAGE_ID_NAME, idValue);
        add(records, CORRELATION_ID_NAME, conversation.correlationId());
        add(records, REPLY_TO_NAME, conversation.replyTo());
        add(records, KEY_NAME, content.key());
        add(records, FAIR_BY_NAME, content.key());
        content.headers()
                .forEach((name, value) ->
                        records.add(RecordNames.of(name), value.equals(id) ? idValue : Bytes.utf8(value)));
        return records.written();
    }

    private static void add(EncodedHeaders.Writer records, Bytes name, @Nullable String value) {
        if (value != null) {
            records.add(name, Bytes.utf8(value));
        }
    }

    /// Where what is for this address waits.
    static String delayedExchange(Address to) {
        return to.isQueue() ? "posthorn.delayed" : delayedExchange(to.exchange());
    }

    static String delayedExchange(String exchange) {
        return exchange + ".delayed";
    }

    static boolean hasId(Message message, String id) {
        return message.headers().stream()
                .anyMatch(header -> header.name().equals(MESSAGE_ID_NAME)
                        && header.value() != null
                        && header.value().toUtf8().equals(id));
    }

    private static long expiresAt(Handling handling, long now) {
        if (handling.expiry() == null) {
            return Message.NEVER;
        }
        long millis = handling.expiry().toMillis();
        return millis == 0 ? Message.AT_ONCE : now + millis;
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments attributes(Outgoing outgoing) {
        Content content = outgoing.content();
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        put(attributes, CONTENT_TYPE, content.contentType());
        attributes.put(MESSAGE_ID, content.id());
        put(attributes, CORRELATION_ID, outgoing.conversation().correlationId());
        put(attributes, REPLY_TO, outgoing.conversation().replyTo());
        put(attributes, KEY, content.key());
        put(attributes, FAIR_BY, content.key());
        attributes.putAll(content.allHeaders());
        if (outgoing.isDelayed()) {
            attributes.put(DELAY, outgoing.handling().delay().toMillis());
        }
        return new Arguments(attributes);
    }

    private static void put(Map<String, @Nullable Object> attributes, String name, @Nullable String value) {
        if (value != null) {
            attributes.put(name, value);
        }
    }

    /// Copies: the broker's bytes are valid during the call only.
    static Incoming incoming(Delivery delivery, Settlement settlement) {
        Incoming incoming = incoming(
                delivery.queue().name(),
                delivery.redelivered(),
                delivery.deliveryCount(),
                delivery.message(),
                settlement);
        return delivery.streamOffset() < 0 ? incoming : incoming.with(withPosition(incoming, delivery.streamOffset()));
    }

    private static Map<String, String> withPosition(Incoming incoming, long offset) {
        Map<String, String> headers = new LinkedHashMap<>(incoming.headers());
        headers.put(Link.POSITION, Long.toString(offset));
        return headers;
    }

    static Incoming incoming(
            String queue, boolean redelivered, int deliveryCount, Message message, Settlement settlement) {
        EncodedHeaders encoded = EncodedHeaders.of(message.headers());
        RecordLayout layout = RecordLayout.of(encoded);
        Bytes headers = encoded.bytes().copy();
        Bytes key = message.key();
        return new Incoming(
                queue,
                message.routingKey(),
                new Content(
                        layout.id(headers),
                        layout.contentType(headers),
                        key == null ? layout.key(headers) : key.toUtf8(),
                        message.timestamp(),
                        new RecordedHeaders(layout, headers),
                        message.body().toByteArray()),
                Conversation.of(layout.correlationId(headers), layout.replyTo(headers)),
                message.priority(),
                redelivered,
                deliveryCount,
                settlement);
    }
}
