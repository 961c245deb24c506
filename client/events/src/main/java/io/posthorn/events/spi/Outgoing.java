package io.posthorn.events.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message on its way to a queue.
///
/// @param timestamp milliseconds since the epoch
@SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
public record Outgoing(
        String queue,
        String id,
        @Nullable String contentType,
        @Nullable String key,
        long timestamp,
        boolean persistent,
        int priority,
        Duration delay,
        @Nullable Duration expiry,
        Map<String, String> headers,
        byte[] body) {}
