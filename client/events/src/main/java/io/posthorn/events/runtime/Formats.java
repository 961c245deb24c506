package io.posthorn.events.runtime;

import io.posthorn.events.EventFormat;
import io.posthorn.events.EventFormat.Document;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Incoming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Events that are whole documents, as those that have their attributes beside their data. Immutable.
final class Formats {
    private final List<EventFormat> formats;

    Formats(List<EventFormat> formats) {
        this.formats = List.copyOf(formats);
    }

    /// Whether a message is a document, and not an event itself.
    static boolean isDocument(Incoming incoming) {
        String contentType = incoming.contentType();
        return contentType != null && contentType.regionMatches(true, 0, EventFormat.ANY, 0, EventFormat.ANY.length());
    }

    /// The events of a document.
    ///
    /// @throws EventsException.BadMessage when it is one that nobody can read
    List<Incoming> opened(Incoming incoming) {
        String contentType = String.valueOf(incoming.contentType());
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        for (EventFormat format : formats) {
            if (format.reads(type)) {
                return opened(incoming, format, type);
            }
        }
        throw new EventsException.BadMessage(
                "nobody reads events in '" + contentType + "': add posthorn-client-json to the class path for JSON",
                null);
    }

    private static List<Incoming> opened(Incoming incoming, EventFormat format, String type) {
        try {
            return format.read(type, incoming.body()).stream()
                    .map(document -> opened(incoming, document))
                    .toList();
        } catch (RuntimeException | Error e) {
            if (!Codecs.isOfTheValue(e)) {
                throw e;
            }
            throw new EventsException.BadMessage("a message is no event in '" + type + "': " + e.getMessage(), e);
        }
    }

    /// What stands in the message's own headers wins: that is what became of it on its way.
    private static Incoming opened(Incoming incoming, Document document) {
        Map<String, String> headers = new LinkedHashMap<>();
        document.attributes().forEach((name, value) -> headers.put(EventMapping.header(name), value));
        headers.putAll(incoming.headers());
        String dataType = document.attributes().get("datacontenttype");
        return incoming.containing(dataType == null ? "application/json" : dataType, headers, document.data());
    }

    /// The media type of events that are written as documents.
    String contentType() {
        return format().contentType();
    }

    /// @param headers the event's attributes, by their names as headers
    byte[] written(Map<String, String> headers, String contentType, byte[] body) {
        Map<String, String> attributes = new LinkedHashMap<>();
        headers.forEach((name, value) -> attributes.put(EventMapping.attributeOf(name), value));
        attributes.put("datacontenttype", contentType);
        try {
            return format().write(new Document(attributes, body));
        } catch (RuntimeException | Error e) {
            if (!Codecs.isOfTheValue(e)) {
                throw e;
            }
            throw new EventsException.BadMessage(
                    "an event cannot be written as " + contentType() + ": " + e.getMessage(), e);
        }
    }

    private EventFormat format() {
        if (formats.isEmpty()) {
            throw new EventsException.BadMessage(
                    "nothing on the class path writes events as documents: add posthorn-client-json", null);
        }
        return formats.getFirst();
    }
}
