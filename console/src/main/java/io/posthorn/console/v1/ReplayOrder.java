package io.posthorn.console.v1;

import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Death;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be replayed, and how.
///
/// @param queue in which the dead letters lie
/// @param exchange where they go; null for the queue in which each of them died
/// @param routingKey there; null for the one that each had been published with
/// @param most messages at most
/// @param mostReplays a message that was replayed so often is left where it is
/// @param dryRun only counts
record ReplayOrder(
        String virtualHost,
        String queue,
        DeadLetterFilter filter,
        @Nullable String exchange,
        @Nullable String routingKey,
        long most,
        Pace pace,
        int mostReplays,
        boolean dryRun) {
    /// How often a message was replayed: goes with it, and comes back with it when it dies again.
    static final Bytes REPLAYS = Bytes.utf8("x-posthorn-replays");

    static int replays(Message message) {
        for (RecordHeader header : message.headers()) {
            Bytes value = header.value();
            if (header.name().equals(REPLAYS) && value != null) {
                return number(value.toUtf8());
            }
        }
        return 0;
    }

    /// A publisher may write what they like there; it is no more than a hint then.
    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// The message as it is published again.
    Message again(BrowsedMessage browsed, Death death) {
        Message message = browsed.message();
        String key = routingKey != null ? routingKey : DeadLetterField.ROUTING_KEY.of(death);
        Message readdressed = exchange == null
                ? message.readdressed("", death.queue(), List.of(), List.of())
                : message.readdressed(exchange, key, List.of(), List.of());
        return withHeaders(readdressed, counted(message));
    }

    private static List<RecordHeader> counted(Message message) {
        var headers = new ArrayList<RecordHeader>();
        for (RecordHeader header : message.headers()) {
            if (!header.name().equals(REPLAYS)) {
                headers.add(header);
            }
        }
        headers.add(new RecordHeader(REPLAYS, Bytes.utf8(Integer.toString(replays(message) + 1))));
        return headers;
    }

    private static Message withHeaders(Message message, List<RecordHeader> headers) {
        return new Message(
                message.exchange(),
                message.routingKey(),
                message.moreRoutingKeys(),
                message.hiddenRoutingKeys(),
                message.key(),
                headers,
                message.body(),
                message.persistent(),
                message.priority(),
                message.expiresAt(),
                message.timestamp(),
                message.attributes(),
                message.deaths(),
                message.delayed());
    }
}
