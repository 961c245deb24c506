package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
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
        Map<String, Object> headers = new LinkedHashMap<>(outgoing.allHeaders());
        if (outgoing.key() != null) {
            headers.put(KEY, outgoing.key());
            headers.put(FAIR_BY, outgoing.key());
        }
        if (!outgoing.to().moreRoutingKeys().isEmpty()) {
            headers.put(MORE_ROUTING_KEYS, outgoing.to().moreRoutingKeys());
        }
        if (outgoing.isDelayed()) {
            headers.put(DELAY, outgoing.delay().toMillis());
        }
        return new BasicProperties.Builder()
                .messageId(outgoing.id())
                .contentType(outgoing.contentType())
                .timestamp(new Date(outgoing.timestamp()))
                .deliveryMode(outgoing.persistent() ? PERSISTENT : TRANSIENT)
                .priority(outgoing.priority() == 0 ? null : outgoing.priority())
                .expiration(
                        outgoing.expiry() == null
                                ? null
                                : String.valueOf(outgoing.expiry().toMillis()))
                .correlationId(outgoing.correlationId())
                .replyTo(outgoing.replyTo())
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
                properties.getMessageId() == null ? "" : properties.getMessageId(),
                properties.getContentType(),
                key == null ? null : key.toString(),
                properties.getTimestamp() == null
                        ? -1
                        : properties.getTimestamp().getTime(),
                properties.getPriority() == null ? 0 : properties.getPriority(),
                envelope.isRedeliver(),
                came.get(DELIVERIES) instanceof Number count ? count.intValue() : 0,
                properties.getCorrelationId(),
                properties.getReplyTo(),
                headers,
                body,
                settlement);
    }
}
