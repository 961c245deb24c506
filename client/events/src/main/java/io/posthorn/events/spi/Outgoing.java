package io.posthorn.events.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message on its way.
///
/// @param timestamp milliseconds since the epoch
/// @param correlationId what an answer refers to
/// @param replyTo the queue that an answer is to go to
/// @param common headers that many messages have
/// @param headers those of this message, behind the common ones
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
        CommonHeaders common,
        Map<String, String> headers,
        byte[] body) {
    /// A message whose headers are all its own.
    public Outgoing(
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
        this(
                to,
                id,
                contentType,
                key,
                timestamp,
                persistent,
                priority,
                delay,
                expiry,
                correlationId,
                replyTo,
                CommonHeaders.NONE,
                headers,
                body);
    }

    /// A message with nothing said of it but what it is.
    public static Outgoing plain(Address to, String id, String contentType, long timestamp, byte[] body) {
        return new Outgoing(
                to, id, contentType, null, timestamp, true, 0, Duration.ZERO, null, null, null, Map.of(), body);
    }

    /// The common ones, and its own.
    public Map<String, String> allHeaders() {
        return common.with(headers);
    }

    public boolean isDelayed() {
        return !delay.isZero();
    }
}
