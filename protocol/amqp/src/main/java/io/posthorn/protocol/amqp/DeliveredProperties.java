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
        if (message.deaths() == null && delivery.deliveryCount() == 0 && message.delayed() == 0) {
            return published;
        }
        ByteBuf out = Unpooled.buffer();
        counted(told(published, message), delivery).write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }

    /// The same, as a value.
    BasicProperties valueOf(Delivery delivery) {
        return read(of(delivery));
    }

    /// What exchanges match on when the broker itself publishes the message.
    @Override
    public Arguments of(Message message) {
        BasicProperties properties = told(AmqpRecordMapping.propertiesOf(message), message);
        return Objects.requireNonNullElse(properties.headers(), Arguments.NONE);
    }

    /// What became of the message on its way.
    private BasicProperties told(Bytes published, Message message) {
        return deaths.with(waited(read(published), message), message);
    }

    /// A message that was delayed tells by how much, as a negative number: so it is not delayed once more where it is
    /// routed again, and who gets it sees that it was.
    private static BasicProperties waited(BasicProperties properties, Message message) {
        long delayed = message.delayed();
        if (delayed == 0) {
            return properties;
        }
        return withHeader(
                properties, "x-delay", delayed <= Integer.MAX_VALUE ? (Object) (int) -delayed : (Object) (-delayed));
    }

    private static BasicProperties read(Bytes raw) {
        try {
            return BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()));
        } catch (MalformedException _) {
            // Whole batches may bring anything under our names; nothing of it can be told.
            return BasicProperties.NONE;
        }
    }

    /// Every return counts, as with RabbitMQ before 4.3, so both counts are the same.
    private static BasicProperties counted(BasicProperties properties, Delivery delivery) {
        if (delivery.deliveryCount() == 0) {
            return properties;
        }
        Long count = (long) delivery.deliveryCount();
        return withHeader(withHeader(properties, "x-delivery-count", count), "x-acquired-count", count);
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static BasicProperties withHeader(BasicProperties properties, String name, Object value) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        Arguments known = properties.headers();
        if (known != null) {
            headers.putAll(known.values());
        }
        headers.put(name, value);
        return properties.withHeaders(new Arguments(headers));
    }
}
