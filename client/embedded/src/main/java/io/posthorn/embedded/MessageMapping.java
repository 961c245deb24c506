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
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final Bytes CONTENT_TYPE_NAME = Bytes.utf8(CONTENT_TYPE);
    private static final Bytes MESSAGE_ID_NAME = Bytes.utf8(MESSAGE_ID);
    private static final Bytes CORRELATION_ID_NAME = Bytes.utf8(CORRELATION_ID);
    private static final Bytes REPLY_TO_NAME = Bytes.utf8(REPLY_TO);
    private static final Bytes KEY_NAME = Bytes.utf8(KEY);
    private static final Bytes FAIR_BY_NAME = Bytes.utf8(FAIR_BY);
    private static final Bytes DELAY_NAME = Bytes.utf8(DELAY);
    private static final Bytes PROPERTIES_NAME = Bytes.utf8("amqp-properties");

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

    private static List<RecordHeader> records(Content content, Conversation conversation) {
        List<RecordHeader> common = RecordNames.of(content.common());
        var records =
                new ArrayList<RecordHeader>(common.size() + content.headers().size() + 4);
        if (content.contentType() != null) {
            records.add(new RecordHeader(CONTENT_TYPE_NAME, RecordNames.value(content.contentType())));
        }
        Bytes id = Bytes.utf8(content.id());
        records.add(new RecordHeader(MESSAGE_ID_NAME, id));
        add(records, CORRELATION_ID, conversation.correlationId());
        add(records, REPLY_TO, conversation.replyTo());
        add(records, KEY, content.key());
        add(records, FAIR_BY, content.key());
        records.addAll(common);
        for (Map.Entry<String, String> header : content.headers().entrySet()) {
            Bytes value = header.getValue().equals(content.id()) ? id : Bytes.utf8(header.getValue());
            records.add(new RecordHeader(RecordNames.of(header.getKey()), value));
        }
        return records;
    }

    private static void add(List<RecordHeader> records, String name, @Nullable String value) {
        if (value != null) {
            records.add(new RecordHeader(RecordNames.of(name), Bytes.utf8(value)));
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
        List<RecordHeader> records = message.headers();
        var isHeader = new boolean[records.size()];
        String contentType = null;
        String id = "";
        String correlationId = null;
        String replyTo = null;
        String key = message.key() == null ? null : message.key().toUtf8();
        for (int i = 0; i < isHeader.length; i++) {
            Bytes name = records.get(i).name();
            if (name.equals(CONTENT_TYPE_NAME)) {
                contentType = text(records.get(i));
            } else if (name.equals(MESSAGE_ID_NAME)) {
                id = text(records.get(i));
            } else if (name.equals(CORRELATION_ID_NAME)) {
                correlationId = text(records.get(i));
            } else if (name.equals(REPLY_TO_NAME)) {
                replyTo = text(records.get(i));
            } else if (name.equals(KEY_NAME)) {
                key = key == null ? text(records.get(i)) : key;
            } else {
                isHeader[i] = !isLeftOut(name);
            }
        }
        return new Incoming(
                queue,
                message.routingKey(),
                new Content(
                        id,
                        contentType,
                        key,
                        message.timestamp(),
                        RecordedHeaders.of(records, isHeader),
                        message.body().toByteArray()),
                Conversation.of(correlationId, replyTo),
                message.priority(),
                redelivered,
                deliveryCount,
                settlement);
    }

    /// Kept for AMQP's consumers; here it would only say the same again.
    private static boolean isLeftOut(Bytes name) {
        return name.equals(FAIR_BY_NAME) || name.equals(DELAY_NAME) || name.equals(PROPERTIES_NAME);
    }

    private static String text(RecordHeader header) {
        return header.value() == null ? "" : header.value().toUtf8();
    }
}
