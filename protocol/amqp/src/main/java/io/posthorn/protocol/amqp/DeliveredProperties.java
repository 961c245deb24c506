package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.AttributeReader;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The properties that a consumer gets: the publisher's, and what the broker has to add to them.
public final class DeliveredProperties implements AttributeReader {
    private final DeathHeaders deaths;

    public DeliveredProperties(AmqpSettings settings) {
        deaths = new DeathHeaders(settings);
    }

    /// Flags and values, as they go to the wire.
    Bytes of(Delivery delivery) {
        Message message = delivery.message();
        Bytes published = AmqpRecordMapping.propertiesOf(message);
        if (message.deaths() == null && delivery.deliveryCount() == 0) {
            return published;
        }
        ByteBuf out = Unpooled.buffer();
        counted(deaths.with(read(published), message), delivery).write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }

    /// What exchanges match on when the broker itself publishes the message.
    @Override
    public Arguments of(Message message) {
        BasicProperties properties = deaths.with(read(AmqpRecordMapping.propertiesOf(message)), message);
        return Objects.requireNonNullElse(properties.headers(), Arguments.NONE);
    }

    private static BasicProperties read(Bytes raw) {
        try {
            return BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()));
        } catch (MalformedException malformed) {
            throw new IllegalStateException("stored properties cannot be decoded", malformed);
        }
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static BasicProperties counted(BasicProperties properties, Delivery delivery) {
        if (delivery.deliveryCount() == 0) {
            return properties;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        Arguments known = properties.headers();
        if (known != null) {
            headers.putAll(known.values());
        }
        headers.put("x-delivery-count", (long) delivery.deliveryCount());
        return properties.withHeaders(new Arguments(headers));
    }
}
