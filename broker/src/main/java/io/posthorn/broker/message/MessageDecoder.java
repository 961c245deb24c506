package io.posthorn.broker.message;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueHandle;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads records as messages. The bytes of a message are those of the record, not copies. Confined to one
/// thread.
public final class MessageDecoder {
    private static final int LONGEST_NAME = 255;

    private final Name exchange = new Name();
    private final Name routingKey = new Name();

    /// The priority of a message, without reading the rest of it.
    public static int priorityOf(RecordCursor record) {
        if (record.headerCount() == 0) {
            return 0;
        }
        // The broker writes it before everything else, clients anywhere.
        boolean isClients = record.hasLeaderEpoch();
        Bytes value = isClients ? record.header(RecordHeaders.PRIORITY) : record.firstHeader(RecordHeaders.PRIORITY);
        return value == null ? 0 : priority(value);
    }

    private static int priority(Bytes value) {
        long number = Decimal.parse(value);
        return number < 0 || number > ClientHeaders.LARGEST_PRIORITY ? 0 : (int) number;
    }

    /// As [#decode(RecordCursor, String, int)].
    public Message decode(RecordCursor record, QueueHandle queue) {
        return decode(record, queue.name(), queue.partition());
    }

    /// @param queue the name of the queue it is read from: the routing key, unless the record names another
    /// @param partition of what the name stands for
    public Message decode(RecordCursor record, String queue, int partition) {
        List<RecordHeader> headers =
                record.hasLeaderEpoch() ? ClientHeaders.of(record, queue, partition) : record.headers();
        int ours = RecordHeaders.countOurs(headers);
        Bytes value = record.value();
        Bytes body = value == null ? Message.TOMBSTONE : value;
        if (ours == 0) {
            return plain(record, queue, headers, body);
        }
        try {
            return withFacts(record, queue, headers, ours, body);
        } catch (RuntimeException _) {
            // Whoever appends whole batches may have written anything under our names.
            return plain(record, queue, headers.subList(ours, headers.size()), body);
        }
    }

    private static Message plain(RecordCursor record, String queue, List<RecordHeader> headers, Bytes body) {
        return message("", queue, record, headers, body, true, 0, Message.NEVER, null, 0);
    }

    private Message withFacts(RecordCursor record, String queue, List<RecordHeader> headers, int ours, Bytes body) {
        String exchangeName = "";
        String key = queue;
        boolean persistent = true;
        int priority = 0;
        long expiresAt = Message.NEVER;
        DeathHistory deaths = null;
        long delayed = 0;
        for (int i = 0; i < ours; i++) {
            Bytes name = headers.get(i).name();
            Bytes value = Objects.requireNonNullElse(headers.get(i).value(), Bytes.EMPTY);
            if (name.equals(RecordHeaders.EXCHANGE)) {
                exchangeName = exchange.of(value);
            } else if (name.equals(RecordHeaders.ROUTING_KEY)) {
                key = routingKey.of(value);
            } else if (name.equals(RecordHeaders.TRANSIENT.name())) {
                persistent = false;
            } else if (name.equals(RecordHeaders.PRIORITY)) {
                priority = priority(value);
            } else if (name.equals(RecordHeaders.EXPIRES)) {
                expiresAt = Math.max(Decimal.parse(value), Message.AT_ONCE);
            } else if (name.equals(RecordHeaders.DEATHS)) {
                deaths = DeathHistoryCodec.read(value);
            } else if (name.equals(RecordHeaders.DELAYED)) {
                delayed = value.asByteBuffer().getLong();
            }
        }
        List<RecordHeader> theirs = headers.subList(ours, headers.size());
        return message(exchangeName, key, record, theirs, body, persistent, priority, expiresAt, deaths, delayed);
    }

    /// As [#decode], and with every routing key: for whoever publishes the message again.
    public Message decodeWhole(RecordCursor record, QueueHandle queue) {
        return decodeWhole(record, queue.name(), queue.partition());
    }

    /// As [#decodeWhole(RecordCursor, QueueHandle)].
    public Message decodeWhole(RecordCursor record, String queue, int partition) {
        Message message = decode(record, queue, partition);
        for (RecordHeader header : record.headers()) {
            Bytes value = header.value();
            if (value != null && header.name().equals(RecordHeaders.MORE_ROUTING_KEYS)) {
                return withKeys(message, new Packed.Reader(value));
            }
        }
        return message;
    }

    private static Message withKeys(Message message, Packed.Reader keys) {
        try {
            return message.readdressed(message.exchange(), message.routingKey(), keys.texts(), keys.texts());
        } catch (RuntimeException _) {
            return message;
        }
    }

    private static Message message(
            String exchange,
            String routingKey,
            RecordCursor record,
            List<RecordHeader> headers,
            Bytes body,
            boolean persistent,
            int priority,
            long expiresAt,
            @Nullable DeathHistory deaths,
            long delayed) {
        return new Message(
                exchange,
                routingKey,
                List.of(),
                List.of(),
                record.key(),
                headers,
                body,
                persistent,
                priority,
                expiresAt,
                record.timestamp(),
                MessageDecoder::noAttributes,
                deaths,
                delayed);
    }

    private static Arguments noAttributes() {
        return Arguments.NONE;
    }

    /// The same message in arrays of its own, for whoever keeps it longer than the record's bytes stay.
    public static Message copyOf(Message message) {
        Bytes key = message.key();
        return new Message(
                message.exchange(),
                message.routingKey(),
                message.moreRoutingKeys(),
                message.hiddenRoutingKeys(),
                key == null ? null : key.copy(),
                copyOf(message.headers()),
                message.isTombstone() ? Message.TOMBSTONE : message.body().copy(),
                message.persistent(),
                message.priority(),
                message.expiresAt(),
                message.timestamp(),
                message.attributes(),
                message.deaths(),
                message.delayed());
    }

    private static List<RecordHeader> copyOf(List<RecordHeader> headers) {
        if (headers.isEmpty()) {
            return List.of();
        }
        var copies = new ArrayList<RecordHeader>(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            copies.add(copyOf(headers.get(i)));
        }
        return copies;
    }

    private static RecordHeader copyOf(RecordHeader header) {
        Bytes value = header.value();
        return new RecordHeader(header.name().copy(), value == null ? null : value.copy());
    }

    /// The last name read: neighbours in a queue mostly come from the same exchange with the same key.
    private static final class Name {
        private Bytes bytes = Bytes.EMPTY;
        private String text = "";

        String of(Bytes name) {
            if (name.length() > LONGEST_NAME) {
                throw new IllegalArgumentException("no name has " + name.length() + " bytes");
            }
            if (!name.equals(bytes)) {
                bytes = name.copy();
                text = name.toUtf8();
            }
            return text;
        }
    }
}
