package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.MalformedException;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Properties of AMQP as headers of records, and back.
///
/// Each property has a header that other protocols understand; besides, the raw bytes of all of them are kept
/// in one more header, so that an AMQP consumer gets them exactly as they were published. That header is left
/// out where delivery mode and priority, which the broker keeps itself, tell everything. Nothing else says who has
/// published: of records that other protocols have written that is not known here.
final class AmqpRecordMapping {
    private static final String RAW_NAME = "amqp-properties";
    private static final String USER_ID_NAME = "user-id";
    private static final Bytes RAW = Bytes.utf8(RAW_NAME);
    private static final Bytes CONTENT_TYPE = Bytes.utf8("content-type");
    private static final Bytes CONTENT_ENCODING = Bytes.utf8("content-encoding");
    private static final Bytes CORRELATION_ID = Bytes.utf8("correlation-id");
    private static final Bytes REPLY_TO = Bytes.utf8("reply-topic");
    private static final Bytes MESSAGE_ID = Bytes.utf8("message-id");
    private static final Bytes TYPE = Bytes.utf8("type");
    private static final Bytes USER_ID = Bytes.utf8(USER_ID_NAME);
    private static final Bytes APP_ID = Bytes.utf8("app-id");
    private static final String KEY = "x-partition-key";
    private static final String GROUP = "x-group-id";
    private static final String TOMBSTONE = "x-tombstone";
    private static final String LONG_CORRELATION_ID = "x-correlation-id";
    private static final String MILLISECONDS = "timestamp_in_ms";
    private static final String OURS = "posthorn-";

    private static final Bytes TRANSIENT = new Bytes(new byte[] {0, 0});
    private static final Bytes PERSISTENT = new Bytes(new byte[] {0x10, 0, 2});

    private static final int CACHED_AT_MOST = 1024;
    private static final int LONGEST_SHORT_STRING = 255;

    /// Headers must fit into one frame, which by default has 128 KiB: of others' records some are left out that have
    /// more.
    private static final int MOST_HEADER_BYTES = 100 * 1024;

    /// The last second that a date with a year of four digits can name.
    private static final long LAST_SECOND = 253_402_300_799L;

    private final ContentBody.Scratch scratchOfThread = ContentBody.Scratch.ofThread();
    private IncomingProperties last = IncomingProperties.NONE;

    /// @param propertyBytes flags and values: all readable bytes
    /// @param directReply knows where replies go to which are asked for directly
    IncomingProperties incoming(ByteBuf propertyBytes, BasicMethod.Publish publish, DirectReply directReply) {
        int length = propertyBytes.readableBytes();
        if (length > CACHED_AT_MOST) {
            return incoming(new Bytes(ByteBufUtil.getBytes(propertyBytes)), publish, directReply);
        }
        // Publishers mostly say the same with each message.
        byte[] scratch = scratchOfThread.array(length);
        propertyBytes.getBytes(propertyBytes.readerIndex(), scratch, 0, length);
        Bytes known = last.raw();
        if (Arrays.equals(scratch, 0, length, known.array(), known.offset(), known.offset() + known.length())) {
            return last;
        }
        var came = new Bytes(Arrays.copyOf(scratch, length));
        IncomingProperties read = incoming(came, publish, directReply);
        // What was changed on the way in must not be taken for what another message says in these very bytes.
        if (read.raw().equals(came)) {
            last = read;
        }
        return read;
    }

    /// What a consumer gets: the publisher's own bytes, or what other protocols' headers amount to.
    static Bytes propertiesOf(Message message) {
        List<RecordHeader> headers = message.headers();
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            if (header.name().equals(RAW) && header.value() != null && PropertyBytes.areSound(header.value())) {
                return header.value();
            }
        }
        boolean saysMore = !headers.isEmpty() || message.key() != null || message.isTombstone();
        if (!saysMore && message.priority() == 0) {
            return message.persistent() ? PERSISTENT : TRANSIENT;
        }
        ByteBuf out = Unpooled.buffer();
        outgoing(message, saysMore).write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }

    private static IncomingProperties incoming(Bytes raw, BasicMethod.Publish publish, DirectReply directReply) {
        BasicProperties properties;
        try {
            properties = BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()));
        } catch (MalformedException malformed) {
            throw new AmqpException(
                    ReplyCode.FRAME_ERROR, "cannot decode the properties: " + malformed.getMessage(), publish.id());
        }
        boolean asksDirectly = DirectReply.is(properties.replyTo());
        if (asksDirectly) {
            properties = properties.withReplyTo(directReply.address(publish));
        }
        return incoming(properties, asksDirectly ? null : raw, publish);
    }

    /// @param raw the properties as they came; null when they are still to be written
    static IncomingProperties incoming(BasicProperties given, @Nullable Bytes raw, BasicMethod.Publish publish) {
        BasicProperties properties = given;
        Arguments headers = Optional.ofNullable(properties.headers()).orElse(Arguments.NONE);
        var routing = CarbonCopies.of(headers, publish);
        if (routing.hasBlind()) {
            properties = properties.withHeaders(routing.visibleHeaders());
        }
        Bytes kept = raw == null || routing.hasBlind() ? written(properties) : raw;
        return new IncomingProperties(
                kept,
                recordHeaders(properties, routing.visibleHeaders(), kept),
                key(headers),
                properties.deliveryMode() != null && properties.deliveryMode() == BasicProperties.PERSISTENT,
                properties.priority() == null ? 0 : properties.priority(),
                Expiration.milliseconds(properties.expiration(), publish),
                timestamp(properties.timestamp(), headers.get(MILLISECONDS)),
                properties.userId(),
                routing.seen(),
                routing.hidden(),
                Boolean.TRUE.equals(headers.get(TOMBSTONE)),
                () -> headers);
    }

    private static Bytes written(BasicProperties properties) {
        ByteBuf out = Unpooled.buffer();
        properties.write(out);
        return new Bytes(ByteBufUtil.getBytes(out));
    }

    private static List<RecordHeader> recordHeaders(BasicProperties properties, Arguments headers, Bytes raw) {
        if (tellsNothingMore(properties)) {
            return List.of();
        }
        List<RecordHeader> records = new ArrayList<>();
        add(records, CONTENT_TYPE, properties.contentType());
        add(records, CONTENT_ENCODING, properties.contentEncoding());
        add(records, CORRELATION_ID, properties.correlationId());
        add(records, REPLY_TO, properties.replyTo());
        add(records, MESSAGE_ID, properties.messageId());
        add(records, TYPE, properties.type());
        add(records, USER_ID, properties.userId());
        add(records, APP_ID, properties.appId());
        boolean isEvent = CloudEventHeaders.areIn(headers);
        for (Map.Entry<String, @Nullable Object> header : headers.values().entrySet()) {
            if (!isOurs(header.getKey())) {
                String name = isEvent ? CloudEventHeaders.inRecord(header.getKey()) : header.getKey();
                records.add(new RecordHeader(Bytes.utf8(name), bytes(header.getValue())));
            }
        }
        records.add(new RecordHeader(RAW, raw));
        return List.copyOf(records);
    }

    // A publisher's own header of such a name is in the raw properties only: as a record's it would be taken for what
    // was checked.
    private static boolean isOurs(String header) {
        return header.startsWith(OURS) || header.equals(RAW_NAME) || header.equals(USER_ID_NAME);
    }

    // Delivery mode 2 and no priority, or nothing at all, are told by the broker's own facts. A delivery mode of 1
    // and a priority of 0 are not: they would come back as not set.
    private static boolean tellsNothingMore(BasicProperties properties) {
        boolean modeIsTold =
                properties.deliveryMode() == null || properties.deliveryMode() == BasicProperties.PERSISTENT;
        boolean priorityIsTold = properties.priority() == null || properties.priority() > 0;
        var rest = new BasicProperties(
                properties.contentType(),
                properties.contentEncoding(),
                properties.headers(),
                null,
                null,
                properties.correlationId(),
                properties.replyTo(),
                properties.expiration(),
                properties.messageId(),
                properties.timestamp(),
                properties.type(),
                properties.userId(),
                properties.appId(),
                properties.clusterId());
        return modeIsTold && priorityIsTold && rest.equals(BasicProperties.NONE);
    }

    private static void add(List<RecordHeader> records, Bytes name, @Nullable String value) {
        if (value != null) {
            records.add(new RecordHeader(name, Bytes.utf8(value)));
        }
    }

    // Text, as other protocols show it; the types are in the raw properties.
    private static @Nullable Bytes bytes(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Bytes bytes -> bytes;
            case BigDecimal number -> Bytes.utf8(number.toPlainString());
            case Arguments table -> Bytes.utf8(Json.of(table));
            case List<?> list -> Bytes.utf8(Json.of(list));
            default -> Bytes.utf8(value.toString());
        };
    }

    private static @Nullable Bytes key(Arguments headers) {
        Bytes key = bytesOf(headers.get(KEY));
        return key == null ? bytesOf(headers.get(GROUP)) : key;
    }

    private static @Nullable Bytes bytesOf(@Nullable Object header) {
        return switch (header) {
            case String text -> Bytes.utf8(text);
            case Bytes bytes -> bytes;
            case null, default -> null;
        };
    }

    /// @param milliseconds the same time more exactly, where a header tells it
    private static long timestamp(@Nullable Long seconds, @Nullable Object milliseconds) {
        if (seconds == null || seconds < 0 || seconds > LAST_SECOND) {
            return -1;
        }
        return milliseconds instanceof Long exact && exact / 1000 == seconds
                ? exact
                : Instant.ofEpochSecond(seconds).toEpochMilli();
    }

    /// @param tellsTime not of what says nothing beside delivery mode and priority: that may be AMQP's own
    private static BasicProperties outgoing(Message message, boolean tellsTime) {
        Arguments headers = headersOf(message, tellsTime);
        return new BasicProperties(
                property(message, CONTENT_TYPE),
                property(message, CONTENT_ENCODING),
                headers.isEmpty() ? null : headers,
                message.persistent() ? (Integer) BasicProperties.PERSISTENT : null,
                message.priority() == 0 ? null : (Integer) message.priority(),
                property(message, CORRELATION_ID),
                property(message, REPLY_TO),
                tellsTime ? expiration(message) : null,
                property(message, MESSAGE_ID),
                tellsTime && message.timestamp() >= 0 ? (Long) (message.timestamp() / 1000) : null,
                property(message, TYPE),
                null, // nobody has checked what a header says of it
                property(message, APP_ID),
                null);
    }

    /// How long it was to live when it came into being. Absolute times do not change on their way, so neither does
    /// this.
    private static @Nullable String expiration(Message message) {
        long end = message.expiresAt();
        if (end == Message.AT_ONCE) {
            return "0";
        }
        return end == Message.NEVER || message.timestamp() < 0
                ? null
                : Long.toString(Math.max(0, end - message.timestamp()));
    }

    /// The record's headers, the first of each name; its key and time, and that it has no value.
    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments headersOf(Message message, boolean tellsTime) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        int room = MOST_HEADER_BYTES;
        Bytes key = message.key();
        if (key != null && key.length() < room) {
            table.put(KEY, text(key));
            room -= key.length();
        }
        if (message.isTombstone()) {
            table.put(TOMBSTONE, true);
        }
        if (tellsTime && message.timestamp() >= 0) {
            table.put(MILLISECONDS, message.timestamp());
        }
        boolean isEvent = CloudEventHeaders.areIn(message.headers());
        for (RecordHeader header : message.headers()) {
            String name = nameOf(header, isEvent);
            Bytes value = header.value();
            int size = header.name().length() + (value == null ? 0 : value.length());
            if (name != null && size < room && !table.containsKey(name)) {
                table.put(name, value == null ? null : text(value));
                room -= size;
            }
        }
        return new Arguments(table);
    }

    /// Null for a header that is a property, or whose name is too long for a table.
    private static @Nullable String nameOf(RecordHeader header, boolean isOfEvent) {
        if (header.name().equals(CORRELATION_ID)) {
            return header.value() == null || isShortText(header.value()) ? null : LONG_CORRELATION_ID;
        }
        String recorded = header.name().toUtf8();
        String name = isOfEvent ? CloudEventHeaders.inAmqp(recorded) : recorded;
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_SHORT_STRING;
        return fits && !isProperty(header.name()) && !header.name().equals(RAW) ? name : null;
    }

    private static boolean isProperty(Bytes name) {
        return name.equals(CONTENT_TYPE)
                || name.equals(CONTENT_ENCODING)
                || name.equals(CORRELATION_ID)
                || name.equals(REPLY_TO)
                || name.equals(MESSAGE_ID)
                || name.equals(TYPE)
                || name.equals(APP_ID);
    }

    // What is too long for a short string, or not text, cannot be a property of AMQP and is left out.
    private static @Nullable String property(Message message, Bytes name) {
        for (RecordHeader header : message.headers()) {
            if (header.name().equals(name) && header.value() != null && isShortText(header.value())) {
                return header.value().toUtf8();
            }
        }
        return null;
    }

    private static boolean isShortText(Bytes value) {
        return value.length() <= LONGEST_SHORT_STRING && text(value) instanceof String;
    }

    private static Object text(Bytes value) {
        String text = value.toUtf8();
        return Bytes.utf8(text).equals(value) ? text : value;
    }
}
