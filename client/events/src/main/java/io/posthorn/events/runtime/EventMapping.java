package io.posthorn.events.runtime;

import io.posthorn.events.Codec;
import io.posthorn.events.Event;
import io.posthorn.events.EventTypes;
import io.posthorn.events.EventsException;
import io.posthorn.events.Publish;
import io.posthorn.events.spi.Incoming;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Events as messages, and back: CloudEvents in binary mode, its attributes as headers that begin with
/// `cloudEvents:` (AMQP protocol binding for CloudEvents 1.0, section 3.1.3.1). What was published by Kafka has
/// them with `ce_` (Kafka protocol binding, section 3.2.3.1), and is read, too.
final class EventMapping {
    private static final String PREFIX = "cloudEvents:";
    private static final List<String> PREFIXES = List.of(PREFIX, "cloudEvents_", "ce_");
    private static final String SPEC_VERSION = PREFIX + "specversion";
    private static final String ID = PREFIX + "id";
    private static final String SOURCE = PREFIX + "source";
    private static final String TYPE = PREFIX + "type";
    static final String TIME = PREFIX + "time";
    private static final List<String> TYPES = names("type");
    private static final URI UNKNOWN_SOURCE = URI.create("urn:unknown");

    private final EventTypes types;
    private final Codecs codecs;
    private final URI source;
    private volatile URI lastSource = UNKNOWN_SOURCE;
    private volatile @Nullable Decoding lastDecoding;

    /// Which codec a type has, which is that of many events.
    private record Decoding(Class<?> type, Codec codec) {}

    EventMapping(EventTypes types, Codecs codecs, URI source) {
        this.types = types;
        this.codecs = codecs;
        this.source = source;
    }

    /// The header that an attribute travels as.
    static String header(String attribute) {
        return PREFIX + attribute;
    }

    /// The attribute that travels as this header.
    static String attributeOf(String header) {
        return header.startsWith(PREFIX) ? header.substring(PREFIX.length()) : header;
    }

    /// The headers that an attribute may come as.
    static List<String> names(String attribute) {
        return PREFIXES.stream().map(prefix -> prefix + attribute).toList();
    }

    /// @param names from [#names]
    static @Nullable String attribute(Incoming incoming, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            String value = incoming.headers().get(names.get(i));
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /// What events of a type say that say nothing else.
    TypeHeaders headersOf(String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(SPEC_VERSION, Event.SPEC_VERSION);
        headers.put(SOURCE, source.toString());
        headers.put(TYPE, type);
        return new TypeHeaders(headers);
    }

    /// What an event says beside what is common to its type and time.
    Map<String, String> own(Publish how, String id) {
        boolean saysMore = how.source() != null
                || how.subject() != null
                || how.time() != null
                || how.dataSchema() != null
                || !how.extensions().isEmpty();
        if (!saysMore) {
            return Map.of(ID, id);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(ID, id);
        if (how.time() != null) {
            headers.put(TIME, how.time().toString());
        }
        if (how.source() != null) {
            headers.put(SOURCE, how.source().toString());
        }
        if (how.subject() != null) {
            headers.put(PREFIX + "subject", how.subject());
        }
        if (how.dataSchema() != null) {
            headers.put(PREFIX + "dataschema", how.dataSchema().toString());
        }
        how.extensions().forEach((name, value) -> headers.put(PREFIX + name, value));
        return headers;
    }

    /// @return null when it is an event of another type than is wanted
    /// @throws EventsException.BadMessage when it cannot be decoded
    <T> @Nullable T data(Incoming incoming, Class<T> wanted) {
        String name = attribute(incoming, TYPES);
        Class<?> type = name == null ? null : types.named(name).orElse(null);
        if (type != null && !wanted.isAssignableFrom(type)) {
            return null;
        }
        return wanted.cast(data(incoming, name, type, wanted));
    }

    /// What was said of the event.
    <T> Event<T> envelope(Incoming incoming, T data) {
        Map<String, String> attributes = attributes(incoming);
        String name = attributes.remove("type");
        return envelope(incoming, attributes, name == null ? Copy.topic(incoming) : name, data);
    }

    private Object data(Incoming incoming, @Nullable String name, @Nullable Class<?> type, Class<?> wanted) {
        Class<?> as = type;
        if (as == null && TypeTree.isConcrete(wanted)) {
            as = wanted; // whoever publishes without the library, or by another name, is taken at their word
        }
        if (as != null) {
            return Codecs.decode(codecOf(as), incoming.body(), as);
        }
        if (name != null) {
            throw new EventsException.BadMessage(
                    "nobody has registered a class for events of type '%s': call bus().types().register(…, \"%s\")"
                            .formatted(name, name),
                    null);
        }
        if (wanted != Object.class) {
            throw new EventsException.BadMessage(
                    "a message says nothing of its type, and " + wanted.getName() + " has no values of its own", null);
        }
        return isText(incoming.contentType()) ? new String(incoming.body(), StandardCharsets.UTF_8) : incoming.body();
    }

    private Codec codecOf(Class<?> type) {
        Decoding last = lastDecoding;
        if (last == null || last.type() != type) {
            last = new Decoding(type, codecs.of(type));
            lastDecoding = last;
        }
        return last.codec();
    }

    private static boolean isText(@Nullable String contentType) {
        return contentType != null && (contentType.startsWith("text/") || contentType.contains("json"));
    }

    private static Map<String, String> attributes(Incoming incoming) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String prefix : PREFIXES) {
            incoming.headers().forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    attributes.putIfAbsent(name.substring(prefix.length()), value);
                }
            });
        }
        return attributes;
    }

    private <T> Event<T> envelope(Incoming incoming, Map<String, String> attributes, String type, T data) {
        attributes.remove("specversion");
        attributes.remove("datacontenttype"); // is the message's content type
        return new Event<>(
                Optional.ofNullable(attributes.remove("id")).orElse(incoming.id()),
                source(attributes.remove("source")),
                type,
                Optional.ofNullable(attributes.remove("subject")).orElse(incoming.key()),
                time(attributes.remove("time"), incoming.timestamp()),
                incoming.contentType(),
                uri(attributes.remove("dataschema")),
                attributes,
                data);
    }

    /// Mostly that of the event before.
    private URI source(@Nullable String text) {
        URI last = lastSource;
        if (last.toString().equals(text)) {
            return last;
        }
        URI parsed = Optional.ofNullable(uri(text)).orElse(UNKNOWN_SOURCE);
        lastSource = parsed;
        return parsed;
    }

    private static @Nullable URI uri(@Nullable String text) {
        try {
            return text == null ? null : URI.create(text);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable Instant time(@Nullable String text, long timestamp) {
        try {
            if (text != null) {
                return Instant.parse(text);
            }
        } catch (DateTimeException malformed) {
            // then the message's own
        }
        return timestamp < 0 ? null : Instant.ofEpochMilli(timestamp);
    }
}
