package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.posthorn.broker.Arguments;
import org.jspecify.annotations.Nullable;

/// The properties of a content of class basic. Null is: not there.
///
/// @param timestamp seconds since the epoch
public record BasicProperties(
        @Nullable String contentType,
        @Nullable String contentEncoding,
        @Nullable Arguments headers,
        @Nullable Integer deliveryMode,
        @Nullable Integer priority,
        @Nullable String correlationId,
        @Nullable String replyTo,
        @Nullable String expiration,
        @Nullable String messageId,
        @Nullable Long timestamp,
        @Nullable String type,
        @Nullable String userId,
        @Nullable String appId,
        @Nullable String clusterId) {
    /// The delivery mode of messages that survive.
    public static final int PERSISTENT = 2;

    public static final BasicProperties NONE =
            new BasicProperties(null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private static final int FIRST = 15;

    /// Bit 0 announces more flags and bit 1 has no meaning: no property of class basic needs them.
    private static final int UNKNOWN = 0b11;

    /// Reads flags and values, which must fill the readable bytes exactly.
    ///
    /// @throws MalformedException
    public static BasicProperties read(ByteBuf in) {
        WireReader reader = new WireReader().on(in);
        int flags = reader.short16();
        if ((flags & UNKNOWN) != 0) {
            throw new MalformedException("unknown property flags");
        }
        var properties = new BasicProperties(
                has(flags, 0) ? reader.shortString() : null,
                has(flags, 1) ? reader.shortString() : null,
                has(flags, 2) ? reader.table() : null,
                has(flags, 3) ? (Integer) reader.octet() : null,
                has(flags, 4) ? (Integer) reader.octet() : null,
                has(flags, 5) ? reader.shortString() : null,
                has(flags, 6) ? reader.shortString() : null,
                has(flags, 7) ? reader.shortString() : null,
                has(flags, 8) ? reader.shortString() : null,
                has(flags, 9) ? (Long) reader.long64() : null,
                has(flags, 10) ? reader.shortString() : null,
                has(flags, 11) ? reader.shortString() : null,
                has(flags, 12) ? reader.shortString() : null,
                has(flags, 13) ? reader.shortString() : null);
        if (in.isReadable()) {
            throw new MalformedException(in.readableBytes() + " bytes too many behind the properties");
        }
        return properties;
    }

    public void write(ByteBuf out) {
        WireWriter writer = new WireWriter().on(out);
        writer.short16(flags());
        text(writer, contentType);
        text(writer, contentEncoding);
        if (headers != null) {
            writer.table(headers);
        }
        if (deliveryMode != null) {
            writer.octet(deliveryMode);
        }
        if (priority != null) {
            writer.octet(priority);
        }
        text(writer, correlationId);
        text(writer, replyTo);
        text(writer, expiration);
        text(writer, messageId);
        if (timestamp != null) {
            writer.long64(timestamp);
        }
        text(writer, type);
        text(writer, userId);
        text(writer, appId);
        text(writer, clusterId);
    }

    public BasicProperties withHeaders(Arguments others) {
        return new BasicProperties(
                contentType,
                contentEncoding,
                others,
                deliveryMode,
                priority,
                correlationId,
                replyTo,
                expiration,
                messageId,
                timestamp,
                type,
                userId,
                appId,
                clusterId);
    }

    public BasicProperties withoutExpiration() {
        return new BasicProperties(
                contentType,
                contentEncoding,
                headers,
                deliveryMode,
                priority,
                correlationId,
                replyTo,
                null,
                messageId,
                timestamp,
                type,
                userId,
                appId,
                clusterId);
    }

    public BasicProperties withReplyTo(String other) {
        return new BasicProperties(
                contentType,
                contentEncoding,
                headers,
                deliveryMode,
                priority,
                correlationId,
                other,
                expiration,
                messageId,
                timestamp,
                type,
                userId,
                appId,
                clusterId);
    }

    private int flags() {
        return flag(0, contentType)
                | flag(1, contentEncoding)
                | flag(2, headers)
                | flag(3, deliveryMode)
                | flag(4, priority)
                | flag(5, correlationId)
                | flag(6, replyTo)
                | flag(7, expiration)
                | flag(8, messageId)
                | flag(9, timestamp)
                | flag(10, type)
                | flag(11, userId)
                | flag(12, appId)
                | flag(13, clusterId);
    }

    private static boolean has(int flags, int index) {
        return (flags >>> (FIRST - index) & 1) != 0;
    }

    private static int flag(int index, @Nullable Object value) {
        return value == null ? 0 : 1 << (FIRST - index);
    }

    private static void text(WireWriter writer, @Nullable String value) {
        if (value != null) {
            writer.shortString(value);
        }
    }
}
