package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Conversation;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Settlement;
import io.posthorn.events.spi.Outgoing;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The library's messages as AMQP's, and back.
@SuppressWarnings("JavaUtilDate") // the client has timestamps as dates
final class MessageMapping {
    private static final int PERSISTENT = 2;
    private static final int TRANSIENT = 1;

    private static final String KEY = "x-partition-key";
    private static final String FAIR_BY = "x-fair-by";
    private static final String DELAY = "x-delay";
    private static final String DELIVERIES = "x-delivery-count";
    private static final String MORE_ROUTING_KEYS = "CC";
    private static final Set<String> NOT_HEADERS = Set.of(KEY, FAIR_BY, DELAY, DELIVERIES, MORE_ROUTING_KEYS);

    private MessageMapping() {}

    static BasicProperties properties(Outgoing outgoing) {
        Content content = outgoing.content();
        Handling handling = outgoing.handling();
        Map<String, Object> headers = new LinkedHashMap<>(content.allHeaders());
        if (content.key() != null) {
            headers.put(KEY, content.key());
            headers.put(FAIR_BY, content.key());
        }
        if (!outgoing.to().moreRoutingKeys().isEmpty()) {
            headers.put(MORE_ROUTING_KEYS, outgoing.to().moreRoutingKeys());
        }
        if (handling.isDelayed()) {
            headers.put(DELAY, handling.delay().toMillis());
        }
        return new BasicProperties.Builder()
                .messageId(content.id())
                .contentType(content.contentType())
                .timestamp(new Date(content.timestamp()))
                .deliveryMode(handling.persistent() ? PERSISTENT : TRANSIENT)
                .priority(handling.priority() == 0 ? null : handling.priority())
                .expiration(
                        handling.expiry() == null
                                ? null
                                : String.valueOf(handling.expiry().toMillis()))
                .correlationId(outgoing.conversation().correlationId())
                .replyTo(outgoing.conversation().replyTo())
                .headers(headers)
                .build();
    }

    static Incoming incoming(
            String queue, Envelope envelope, BasicProperties properties, byte[] body, Settlement settlement) {
        Map<String, Object> came = properties.getHeaders() == null ? Map.of() : properties.getHeaders();
        Map<String, String> headers = new LinkedHashMap<>();
        came.forEach((name, value) -> {
            if (!NOT_HEADERS.contains(name) && value != null) {
                headers.put(name, value.toString());
            }
        });
        Object key = came.get(KEY);
        return new Incoming(
                queue,
                envelope.getRoutingKey(),
                new Content(
                        properties.getMessageId() == null ? "" : properties.getMessageId(),
                        properties.getContentType(),
                        key == null ? null : key.toString(),
                        properties.getTimestamp() == null
                                ? -1
                                : properties.getTimestamp().getTime(),
                        headers,
                        body),
                Conversation.of(properties.getCorrelationId(), properties.getReplyTo()),
                properties.getPriority() == null ? 0 : properties.getPriority(),
                envelope.isRedeliver(),
                came.get(DELIVERIES) instanceof Number count ? count.intValue() : 0,
                settlement);
    }
}
