package io.posthorn.broker.message;

import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.Message;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes messages as records. Confined to one thread.
public final class MessageEncoder {
    private final ArrayList<RecordHeader> headers = new ArrayList<>();

    /// The headers that say where a message was published: none when the name of its queue says it all.
    ///
    /// @param onlyQueue the one queue that the message goes to; null when there are several
    public static List<RecordHeader> addressOf(Message message, @Nullable String onlyQueue) {
        boolean oneKey = message.moreRoutingKeys().isEmpty()
                && message.hiddenRoutingKeys().isEmpty();
        boolean isDirect = message.exchange().isEmpty();
        if (oneKey && isDirect && message.routingKey().equals(onlyQueue)) {
            return List.of();
        }
        var address = new ArrayList<RecordHeader>(3);
        if (!isDirect) {
            address.add(new RecordHeader(RecordHeaders.EXCHANGE, Bytes.utf8(message.exchange())));
        }
        if (!isDirect || !message.routingKey().equals(onlyQueue)) {
            address.add(new RecordHeader(RecordHeaders.ROUTING_KEY, Bytes.utf8(message.routingKey())));
        }
        if (!oneKey) {
            address.add(new RecordHeader(RecordHeaders.MORE_ROUTING_KEYS, moreKeys(message)));
        }
        return address;
    }

    /// Appends the message to the batch; its bytes are copied.
    ///
    /// @param address from [#addressOf], for this message's exchange and routing keys
    public void encode(Message message, List<RecordHeader> address, BatchBuilder batch) {
        Bytes value = message.isTombstone() ? null : message.body();
        batch.add(message.timestamp(), message.key(), value, ours(message, address), message.headers());
    }

    private List<RecordHeader> ours(Message message, List<RecordHeader> address) {
        boolean plain = message.persistent()
                && message.priority() == 0
                && message.expiresAt() == Message.NEVER
                && message.deaths() == null
                && message.delayed() == 0;
        boolean isMistakable = RecordHeaders.beginAsOurs(message.headers());
        if (plain && !isMistakable) {
            return address;
        }
        headers.clear();
        if (message.priority() != 0) {
            // Before everything, so that who wants to know nothing else need not look further.
            headers.add(new RecordHeader(RecordHeaders.PRIORITY, Decimal.of(message.priority())));
        }
        headers.addAll(address);
        if (!plain) {
            addFlags(message);
        }
        if (isMistakable) {
            headers.add(RecordHeaders.END);
        }
        return headers;
    }

    private void addFlags(Message message) {
        if (!message.persistent()) {
            headers.add(RecordHeaders.TRANSIENT);
        }
        if (message.expiresAt() != Message.NEVER) {
            headers.add(new RecordHeader(RecordHeaders.EXPIRES, Decimal.of(message.expiresAt())));
        }
        if (message.delayed() != 0) {
            headers.add(new RecordHeader(RecordHeaders.DELAYED, number(message.delayed())));
        }
        DeathHistory deaths = message.deaths();
        if (deaths != null) {
            headers.add(new RecordHeader(RecordHeaders.DEATHS, DeathHistoryCodec.write(deaths)));
        }
    }

    /// Where a record tells how many milliseconds its message is to live, it tells from now on that it ends
    /// so long after `start`.
    public static void beginLife(List<RecordHeader> headers, long start) {
        for (int i = RecordHeaders.countOurs(headers) - 1; i >= 0; i--) {
            RecordHeader header = headers.get(i);
            if (header.name().equals(RecordHeaders.EXPIRES)) {
                long millis = Decimal.parse(header.value());
                if (millis > Message.AT_ONCE) {
                    headers.set(i, new RecordHeader(RecordHeaders.EXPIRES, Decimal.of(start + millis)));
                }
            } else if (header.name().equals(RecordHeaders.OLDER_EXPIRES)) {
                headers.set(i, livingFrom(header, start));
            }
        }
    }

    private static RecordHeader livingFrom(RecordHeader older, long start) {
        Bytes value = older.value();
        if (value == null || value.length() != Long.BYTES) {
            return older;
        }
        long millis = value.asByteBuffer().getLong();
        return millis > Message.AT_ONCE ? new RecordHeader(older.name(), number(start + millis)) : older;
    }

    private static Bytes number(long value) {
        return new Bytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private static Bytes moreKeys(Message message) {
        var out = new Packed.Writer();
        out.texts(message.moreRoutingKeys());
        out.texts(message.hiddenRoutingKeys());
        return out.toBytes();
    }
}
