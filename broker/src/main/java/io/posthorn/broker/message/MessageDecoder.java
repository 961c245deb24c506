package io.posthorn.broker.message;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueHandle;
import io.posthorn.log.Bytes;
import io.posthorn.log.EncodedHeaders;
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

    /// With fewer it is as quick to walk over them.
    private static final int MANY_HEADERS = 6;

    /// One in so many that is unlike the others becomes what the next are compared with.
    private static final int STRANGERS = 8;

    private final Name exchange = new Name();
    private final Name routingKey = new Name();
    private Facts last = Facts.NONE;
    private EncodedHeaders pattern = EncodedHeaders.NONE;
    private int strangers;

    /// What our headers say of a message.
    ///
    /// @param from the headers that say so
    /// @param routingKey null when that is the queue's name
    /// @param vary whether the next message is likely to say something else
    private record Facts(
            EncodedHeaders from,
            String exchange,
            @Nullable String routingKey,
            boolean persistent,
            int priority,
            long expiresAt,
            @Nullable DeathHistory deaths,
            long delayed,
            boolean vary) {
        static final Facts NONE = saidNothingBy(EncodedHeaders.NONE);

        static Facts saidNothingBy(EncodedHeaders headers) {
            return new Facts(headers, "", null, true, 0, Message.NEVER, null, 0, false);
        }

        boolean areIn(EncodedHeaders headers) {
            return headers.startsWith(from) && RecordHeaders.endsOurs(from, headers.behind(from));
        }

        Facts kept() {
            return new Facts(from.copy(), exchange, routingKey, persistent, priority, expiresAt, deaths, delayed, vary);
        }
    }

    /// The priority of a message, without reading the rest of it.
    public static int priorityOf(RecordCursor record) {
        if (record.headerCount() == 0) {
            return 0;
        }
        // The broker writes it before everything else, clients anywhere.
        if (!record.hasLeaderEpoch()) {
            return priority(record.firstHeader(RecordHeaders.PRIORITY));
        }
        Bytes older = record.header(RecordHeaders.OLDER_PRIORITY);
        return older == null ? priority(record.header(RecordHeaders.PRIORITY)) : olderPriority(older);
    }

    private static int olderPriority(Bytes value) {
        return value.length() == 0 ? 0 : value.get(0) & 0xFF;
    }

    private static int priority(@Nullable Bytes value) {
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
        EncodedHeaders headers = record.hasLeaderEpoch()
                ? EncodedHeaders.of(ClientHeaders.of(record, queue, partition))
                : headersOf(record);
        Facts facts = last;
        if (!facts.areIn(headers)) {
            facts = factsIn(headers);
            if (!facts.vary()) {
                last = facts.kept();
            }
        }
        Bytes value = record.value();
        return new Message(
                facts.exchange(),
                facts.routingKey() == null ? queue : facts.routingKey(),
                List.of(),
                List.of(),
                record.key(),
                headers.behind(facts.from()),
                value == null ? Message.TOMBSTONE : value,
                facts.persistent(),
                facts.priority(),
                facts.expiresAt(),
                record.timestamp(),
                MessageDecoder::noAttributes,
                facts.deaths(),
                facts.delayed());
    }

    /// Neighbours are mostly of one kind, and have the same headers with values of the same lengths.
    private EncodedHeaders headersOf(RecordCursor record) {
        if (record.headerCount() < MANY_HEADERS) {
            return record.headers();
        }
        EncodedHeaders headers = record.headersLaidOutAs(pattern);
        if (headers == null) {
            headers = record.headers();
            strangers++;
            if (strangers % STRANGERS == 1) {
                pattern = headers.copy();
            }
        }
        return headers;
    }

    private Facts factsIn(EncodedHeaders headers) {
        EncodedHeaders from = headers.first(RecordHeaders.countOurs(headers));
        try {
            return factsOf(from);
        } catch (RuntimeException _) {
            // Whoever appends whole batches may have written anything under our names.
            return Facts.saidNothingBy(from);
        }
    }

    private Facts factsOf(EncodedHeaders headers) {
        String exchangeName = "";
        String key = null;
        boolean persistent = true;
        int priority = 0;
        long expiresAt = Message.NEVER;
        DeathHistory deaths = null;
        long delayed = 0;
        for (int i = 0; i < headers.size(); i++) {
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
            } else if (name.equals(RecordHeaders.OLDER_PRIORITY)) {
                priority = olderPriority(value);
            } else if (name.equals(RecordHeaders.OLDER_EXPIRES)) {
                expiresAt = Math.max(value.asByteBuffer().getLong(), Message.AT_ONCE);
            }
        }
        boolean vary = expiresAt != Message.NEVER || deaths != null || delayed != 0;
        return new Facts(headers, exchangeName, key, persistent, priority, expiresAt, deaths, delayed, vary);
    }

    /// As [#decode], and with every routing key: for whoever publishes the message again.
    public Message decodeWhole(RecordCursor record, QueueHandle queue) {
        return decodeWhole(record, queue.name(), queue.partition());
    }

    /// As [#decodeWhole(RecordCursor, QueueHandle)].
    public Message decodeWhole(RecordCursor record, String queue, int partition) {
        Message message = decode(record, queue, partition);
        if (record.hasLeaderEpoch()) {
            // Clients may write anything under that name, and would choose who gets what is given up.
            return message;
        }
        List<RecordHeader> headers = record.headers();
        int ours = RecordHeaders.countOurs(headers);
        for (int i = 0; i < ours; i++) {
            RecordHeader header = headers.get(i);
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

    /// The headers of a record as they stand there, for a copy that the broker writes: without those of a client's that
    /// would be believed in there.
    public static List<RecordHeader> headersToCopy(RecordCursor record) {
        return record.hasLeaderEpoch() ? ClientHeaders.withoutOurs(record.headers()) : record.headers();
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
        if (headers instanceof EncodedHeaders encoded) {
            return encoded.copy();
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
