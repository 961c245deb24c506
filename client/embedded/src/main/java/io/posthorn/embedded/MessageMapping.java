package io.posthorn.embedded;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.events.spi.Address;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /// Kept for AMQP's consumers; here they would only say the same again.
    private static final Set<String> NOT_HEADERS = Set.of(FAIR_BY, DELAY, "amqp-properties");

    private static final int MOST_NAMES = 1_000;
    private static final Map<String, Bytes> NAMES = new ConcurrentHashMap<>();

    private MessageMapping() {}

    static Message message(Outgoing outgoing, long now) {
        Map<String, String> headers = headers(outgoing);
        return new Message(
                outgoing.isDelayed()
                        ? delayedExchange(outgoing.to())
                        : outgoing.to().exchange(),
                outgoing.to().routingKey(),
                outgoing.to().moreRoutingKeys(),
                outgoing.key() == null ? null : Bytes.utf8(outgoing.key()),
                records(headers),
                new Bytes(outgoing.body()),
                outgoing.persistent(),
                outgoing.priority(),
                expiresAt(outgoing, now),
                outgoing.timestamp(),
                () -> attributes(headers, outgoing));
    }

    private static List<RecordHeader> records(Map<String, String> headers) {
        var records = new ArrayList<RecordHeader>(headers.size());
        headers.forEach((name, value) -> records.add(new RecordHeader(nameOf(name), Bytes.utf8(value))));
        return records;
    }

    /// Programs use few names, again and again.
    private static Bytes nameOf(String name) {
        Bytes known = NAMES.get(name);
        if (known == null) {
            known = Bytes.utf8(name);
            if (NAMES.size() < MOST_NAMES) {
                NAMES.put(name, known);
            }
        }
        return known;
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
                .anyMatch(header -> header.name().equals(Bytes.utf8(MESSAGE_ID))
                        && header.value() != null
                        && header.value().toUtf8().equals(id));
    }

    private static long expiresAt(Outgoing outgoing, long now) {
        if (outgoing.expiry() == null) {
            return Message.NEVER;
        }
        long millis = outgoing.expiry().toMillis();
        return millis == 0 ? Message.AT_ONCE : now + millis;
    }

    private static Map<String, String> headers(Outgoing outgoing) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (outgoing.contentType() != null) {
            headers.put(CONTENT_TYPE, outgoing.contentType());
        }
        headers.put(MESSAGE_ID, outgoing.id());
        if (outgoing.correlationId() != null) {
            headers.put(CORRELATION_ID, outgoing.correlationId());
        }
        if (outgoing.replyTo() != null) {
            headers.put(REPLY_TO, outgoing.replyTo());
        }
        if (outgoing.key() != null) {
            headers.put(KEY, outgoing.key());
            headers.put(FAIR_BY, outgoing.key());
        }
        headers.putAll(outgoing.headers());
        return headers;
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments attributes(Map<String, String> headers, Outgoing outgoing) {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>(headers);
        if (outgoing.isDelayed()) {
            attributes.put(DELAY, outgoing.delay().toMillis());
        }
        return new Arguments(attributes);
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
        String contentType = null;
        String id = "";
        String correlationId = null;
        String replyTo = null;
        String key = message.key() == null ? null : message.key().toUtf8();
        Map<String, String> headers = new LinkedHashMap<>();
        for (RecordHeader header : message.headers()) {
            String name = header.name().toUtf8();
            String value = header.value() == null ? "" : header.value().toUtf8();
            switch (name) {
                case CONTENT_TYPE -> contentType = value;
                case MESSAGE_ID -> id = value;
                case CORRELATION_ID -> correlationId = value;
                case REPLY_TO -> replyTo = value;
                case KEY -> key = key == null ? value : key;
                default -> {
                    if (!NOT_HEADERS.contains(name)) {
                        headers.putIfAbsent(name, value);
                    }
                }
            }
        }
        return new Incoming(
                queue,
                message.routingKey(),
                id,
                contentType,
                key,
                message.timestamp(),
                message.priority(),
                redelivered,
                deliveryCount,
                correlationId,
                replyTo,
                headers,
                message.body().toByteArray(),
                settlement);
    }
}
