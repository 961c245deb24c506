package io.posthorn.events.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message on its way.
///
/// @param timestamp milliseconds since the epoch
/// @param correlationId what an answer refers to
/// @param replyTo the queue that an answer is to go to
@SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
public record Outgoing(
        Address to,
        String id,
        @Nullable String contentType,
        @Nullable String key,
        long timestamp,
        boolean persistent,
        int priority,
        Duration delay,
        @Nullable Duration expiry,
        @Nullable String correlationId,
        @Nullable String replyTo,
        Map<String, String> headers,
        byte[] body) {
    /// A message with nothing said of it but what it is.
    public static Outgoing plain(Address to, String id, String contentType, long timestamp, byte[] body) {
        return new Outgoing(
                to, id, contentType, null, timestamp, true, 0, Duration.ZERO, null, null, null, Map.of(), body);
    }

    public boolean isDelayed() {
        return !delay.isZero();
    }
}
