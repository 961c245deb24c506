package io.posthorn.events;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event in its envelope: CloudEvents 1.0, field for field (section 3.1). The specification's names are those of
/// the fields in lower case.
///
/// @param id with `source`, unlike any other event's
/// @param source where it happened
/// @param type what happened, by its registered name
/// @param subject what it happened to; null when that is not said
/// @param time when; null when that is not said
/// @param dataContentType how data is encoded
/// @param dataSchema null when none is named
/// @param extensions further attributes, by names of lower-case letters and digits
/// @param data the event itself
public record Event<T>(
        String id,
        URI source,
        String type,
        @Nullable String subject,
        @Nullable Instant time,
        @Nullable String dataContentType,
        @Nullable URI dataSchema,
        Map<String, String> extensions,
        T data) {
    /// The version of the specification that this is of.
    public static final String SPEC_VERSION = "1.0";

    /// Keeps a copy of the extensions.
    public Event {
        extensions = Map.copyOf(extensions);
    }
}
