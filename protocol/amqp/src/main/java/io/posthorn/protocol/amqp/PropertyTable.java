package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Messages for those who do not speak AMQP and think in its properties all the same, as tables by the
/// specification's names: `content_type`, `headers`, `delivery_mode`. Thread-safe.
public final class PropertyTable {
    private static final int LONGEST_SHORT_STRING = 255;
    private static final int LARGEST_OCTET = 255;
    private static final String HEADERS = "headers";

    private final DeliveredProperties delivered;

    public PropertyTable(AmqpSettings settings) {
        delivered = new DeliveredProperties(settings);
    }

    /// A message as a channel would publish it that says these properties.
    ///
    /// @param properties others than those of the specification are passed over
    /// @param now wall time in milliseconds
    /// @throws PreconditionFailed when a property makes no sense, or names another user than the publisher
    public Message message(
            String exchange, String routingKey, Arguments properties, Bytes body, Principal publisher, long now) {
        var publish = new BasicMethod.Publish(exchange, routingKey, false, false);
        try {
            BasicProperties given = properties(properties);
            if (DirectReply.is(given.replyTo())) {
                throw new PreconditionFailed("fast reply consumer does not exist");
            }
            IncomingProperties incoming = AmqpRecordMapping.incoming(given, null, publish);
            incoming.checkUser(publisher, publish);
            return incoming.message(publish, body, now);
        } catch (AmqpException refused) {
            throw new PreconditionFailed(String.valueOf(refused.getMessage()));
        }
    }

    /// What a consumer would get beside the body; those that are not set are not there.
    public Arguments of(Delivery delivery) {
        BasicProperties all = delivered.valueOf(delivery);
        var table = new LinkedHashMap<String, @Nullable Object>();
        table.put("content_type", all.contentType());
        table.put("content_encoding", all.contentEncoding());
        table.put(HEADERS, all.headers());
        table.put("delivery_mode", all.deliveryMode());
        table.put("priority", all.priority());
        table.put("correlation_id", all.correlationId());
        table.put("reply_to", all.replyTo());
        table.put("expiration", all.expiration());
        table.put("message_id", all.messageId());
        table.put("timestamp", all.timestamp());
        table.put("type", all.type());
        table.put("user_id", all.userId());
        table.put("app_id", all.appId());
        table.put("cluster_id", all.clusterId());
        table.values().removeIf(Objects::isNull);
        return new Arguments(table);
    }

    private static BasicProperties properties(Arguments table) {
        return new BasicProperties(
                text(table, "content_type"),
                text(table, "content_encoding"),
                table.get(HEADERS) instanceof Arguments headers ? named(headers) : null,
                octet(table, "delivery_mode"),
                octet(table, "priority"),
                text(table, "correlation_id"),
                text(table, "reply_to"),
                text(table, "expiration"),
                text(table, "message_id"),
                table.get("timestamp") instanceof Long seconds ? seconds : null,
                text(table, "type"),
                text(table, "user_id"),
                text(table, "app_id"),
                text(table, "cluster_id"));
    }

    private static Arguments named(Arguments headers) {
        for (Map.Entry<String, ?> header : headers.values().entrySet()) {
            checkShort("a name in headers", header.getKey());
        }
        return headers;
    }

    private static @Nullable String text(Arguments table, String name) {
        if (table.get(name) instanceof String text) {
            checkShort(name, text);
            return text;
        }
        return null;
    }

    private static void checkShort(String what, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_SHORT_STRING) {
            throw new PreconditionFailed(what + " is longer than 255 bytes");
        }
    }

    private static @Nullable Integer octet(Arguments table, String name) {
        if (!(table.get(name) instanceof Long number)) {
            return null;
        }
        if (number < 0 || number > LARGEST_OCTET) {
            throw new PreconditionFailed(name + " is not between 0 and 255");
        }
        return number.intValue();
    }
}
