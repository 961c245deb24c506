package io.posthorn.events;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event as it is sent: what can be kept somewhere, and published later by another program.
///
/// @param id of the event
/// @param topic what it is published with
/// @param typeNames the names of all that it is of
/// @param subject what it happened to; null when that is not said
/// @param headers the attributes of its envelope
@SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
public record EncodedEvent(
        String id,
        String topic,
        List<String> typeNames,
        @Nullable String subject,
        Duration delay,
        String contentType,
        Map<String, String> headers,
        byte[] body) {
    /// Keeps copies of names and headers; the body is not copied.
    public EncodedEvent {
        typeNames = List.copyOf(typeNames);
        headers = Map.copyOf(headers);
    }
}
