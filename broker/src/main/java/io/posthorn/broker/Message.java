package io.posthorn.broker;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A message as a protocol hands it over and gets it back: what is stored is one record, whose key, value and
/// headers are given here, and the facts that the broker itself acts on.
///
/// @param exchange where it was published; empty is the default exchange
/// @param routingKey its address there
/// @param moreRoutingKeys further addresses at the same exchange (CC and BCC)
/// @param key of the record, for partitions and compaction
/// @param headers the record's headers as the protocol maps its own properties; names beginning with
/// `posthorn-` are the broker's
/// @param body
/// @param persistent whether it must survive a restart in a durable queue
/// @param priority 0 to 255
/// @param expiresAt wall time in milliseconds since the epoch at which it expires; [#NEVER] for never
/// @param timestamp of the record, milliseconds since the epoch
/// @param attributes typed headers, for exchanges that match on them; asked for only then
public record Message(
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
    public static final long NEVER = Long.MAX_VALUE;
}
