package io.posthorn.broker;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A message as a protocol hands it over and gets it back: what is stored is one record, whose key, value and
/// headers are given here, and the facts that the broker itself acts on.
///
/// @param exchange where it was published; empty is the default exchange
/// @param routingKey its address there
/// @param moreRoutingKeys further addresses at the same exchange (CC)
/// @param hiddenRoutingKeys further addresses that nobody is told (BCC)
/// @param key of the record, for partitions and compaction
/// @param headers the record's headers as the protocol maps its own properties; names beginning with
/// `posthorn-` are the broker's
/// @param persistent whether it must survive a restart in a durable queue
/// @param priority 0 to 255
/// @param expiresAt wall time in milliseconds since the epoch at which it expires; [#NEVER] for never, [#AT_ONCE] when
/// it is to be delivered at once or not at all
/// @param timestamp of the record, milliseconds since the epoch
/// @param attributes typed headers, for exchanges that match on them; asked for only then
/// @param deaths in which queues it has been before; null for one that never was given up
/// @param delayed for how many milliseconds it has waited at an exchange that delays messages; 0 when at none
public record Message(
        String exchange,
        String routingKey,
        List<String> moreRoutingKeys,
        List<String> hiddenRoutingKeys,
        @Nullable Bytes key,
        List<RecordHeader> headers,
        Bytes body,
        boolean persistent,
        int priority,
        long expiresAt,
        long timestamp,
        Supplier<Arguments> attributes,
        @Nullable DeathHistory deaths,
        long delayed) {
    public static final long NEVER = Long.MAX_VALUE;
    public static final long AT_ONCE = 0;

    /// The body of a message that has none, as a record without a value: where logs are compacted it takes its key out.
    /// To whoever knows no such thing it is empty.
    public static final Bytes TOMBSTONE = new Bytes(new byte[0]);

    /// A message as most are: without hidden routing keys, and never given up by a queue.
    public Message(
            String exchange,
            String routingKey,
            List<String> moreRoutingKeys,
            @Nullable Bytes key,
            List<RecordHeader> headers,
            Bytes body,
            boolean persistent,
            int priority,
            long expiresAt,
            long timestamp,
            Supplier<Arguments> attributes) {
        this(
                exchange,
                routingKey,
                moreRoutingKeys,
                List.of(),
                key,
                headers,
                body,
                persistent,
                priority,
                expiresAt,
                timestamp,
                attributes,
                null,
                0);
    }

    @SuppressWarnings("ReferenceEquality") // an empty body is another
    public boolean isTombstone() {
        return body == TOMBSTONE;
    }

    /// Every routing key but the first.
    public List<String> furtherRoutingKeys() {
        if (hiddenRoutingKeys.isEmpty()) {
            return moreRoutingKeys;
        }
        var all = new ArrayList<>(moreRoutingKeys);
        all.addAll(hiddenRoutingKeys);
        return all;
    }

    /// The same message with another address.
    public Message readdressed(
            String newExchange, String newRoutingKey, List<String> moreKeys, List<String> hiddenKeys) {
        return new Message(
                newExchange,
                newRoutingKey,
                moreKeys,
                hiddenKeys,
                key,
                headers,
                body,
                persistent,
                priority,
                expiresAt,
                timestamp,
                attributes,
                deaths,
                delayed);
    }

    /// The same message with another end.
    public Message expiringAt(long newExpiresAt) {
        return after(newExpiresAt, attributes, deaths, delayed);
    }

    /// The same message, which can tell its typed headers.
    public Message telling(Supplier<Arguments> typedHeaders) {
        return after(expiresAt, typedHeaders, deaths, delayed);
    }

    /// The same message as it leaves a queue that gives it up: it expires no more.
    public Message died(DeathHistory history) {
        return after(NEVER, attributes, history, delayed);
    }

    /// The same message after it has waited at an exchange: its life begins now.
    ///
    /// @param asked for how many milliseconds it was to wait
    /// @param more for how many it has waited beyond that
    public Message waited(long asked, long more) {
        return after(expiresAt == NEVER ? NEVER : expiresAt + asked + more, attributes, deaths, asked);
    }

    private Message after(
            long newExpiresAt, Supplier<Arguments> newAttributes, @Nullable DeathHistory newDeaths, long newDelayed) {
        return new Message(
                exchange,
                routingKey,
                moreRoutingKeys,
                hiddenRoutingKeys,
                key,
                headers,
                body,
                persistent,
                priority,
                newExpiresAt,
                timestamp,
                newAttributes,
                newDeaths,
                newDelayed);
    }
}
