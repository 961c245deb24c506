package io.posthorn.events;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is said of a message beside its value.
///
/// @param id of the message; empty where the publisher gave none
/// @param time when it was published; null when nobody said
/// @param contentType how the value is encoded; null when nobody said
/// @param key what it is about: messages of one key keep their order
/// @param headers texts by name
/// @param redelivered whether somebody may have had it before
public record Envelope(
        String id,
        @Nullable Instant time,
        @Nullable String contentType,
        @Nullable String key,
        int priority,
        Map<String, String> headers,
        boolean redelivered) {
    /// Keeps a copy of the headers.
    public Envelope {
        headers = Map.copyOf(headers);
    }
}
