package io.posthorn.events;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How one event is to be published. Immutable.
///
/// @param topic words between dots; null for the name of the event's type
/// @param id null for one made up
/// @param source where it happened; null for what [PosthornBuilder#source] says
/// @param subject what it happened to; events of one subject keep their order where a subscription wants that
/// @param time when it happened; null for now
/// @param dataSchema what the data is by; null when that is not said
/// @param delay how long it waits before anybody has it
/// @param extensions further attributes of CloudEvents
/// @param isDocument whether it travels as one document, attributes and data together (CloudEvents in structured mode),
/// and not with its attributes as headers
public record Publish(
        @Nullable String topic,
        @Nullable String id,
        @Nullable URI source,
        @Nullable String subject,
        @Nullable Instant time,
        @Nullable URI dataSchema,
        Duration delay,
        Map<String, String> extensions,
        boolean isDocument) {
    public static final Publish NORMALLY =
            new Publish(null, null, null, null, null, null, Duration.ZERO, Map.of(), false);

    /// Attributes of the specification itself, and the one name that it forbids.
    private static final Set<String> TAKEN =
            Set.of("id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time", "data");

    /// What AMQP has room for.
    private static final int LONGEST_TOPIC = 255;

    /// Refuses what CloudEvents or brokers do not take.
    ///
    /// @throws IllegalArgumentException for an extension that is no word of a-z and 0-9 or a name of the
    /// specification's, a topic that begins with `$` or has more than 255 bytes, and a negative delay
    public Publish {
        extensions = Map.copyOf(extensions);
        for (String name : extensions.keySet()) {
            if (name.isEmpty() || !name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                throw new IllegalArgumentException("an extension's name is of a-z and 0-9, not '" + name + "'");
            }
            if (TAKEN.contains(name)) {
                throw new IllegalArgumentException("'" + name + "' is no extension: the specification has it itself");
            }
        }
        if (topic != null && topic.startsWith("$")) {
            throw new IllegalArgumentException("topics that begin with $ are the library's own: " + topic);
        }
        if (topic != null && topic.getBytes(StandardCharsets.UTF_8).length > LONGEST_TOPIC) {
            throw new IllegalArgumentException(
                    "a topic is of %d bytes at most: %s".formatted(LONGEST_TOPIC, topic.substring(0, 40) + "…"));
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is not negative, but " + delay);
        }
    }

    /// With a topic: words between dots.
    public static Publish to(String topic) {
        return NORMALLY.topic(topic);
    }

    /// What it happened to: events of one subject keep their order where a subscription wants that.
    public static Publish about(String subject) {
        return NORMALLY.subject(subject);
    }

    /// Later: nobody has it before.
    public static Publish after(Duration delay) {
        return NORMALLY.delay(delay);
    }

    /// Words between dots, 255 bytes of UTF-8 at most; in place of the name of the event's type.
    public Publish topic(String words) {
        return new Publish(words, id, source, subject, time, dataSchema, delay, extensions, isDocument);
    }

    /// In place of an id that is made up. With the source, unlike any other event's.
    public Publish id(String eventId) {
        return new Publish(topic, eventId, source, subject, time, dataSchema, delay, extensions, isDocument);
    }

    /// Where it happened, in place of what [PosthornBuilder#source] says.
    public Publish source(URI place) {
        return new Publish(topic, id, place, subject, time, dataSchema, delay, extensions, isDocument);
    }

    /// What it happened to.
    public Publish subject(String about) {
        return new Publish(topic, id, source, about, time, dataSchema, delay, extensions, isDocument);
    }

    /// When it happened, in place of now.
    public Publish time(Instant when) {
        return new Publish(topic, id, source, subject, when, dataSchema, delay, extensions, isDocument);
    }

    /// What its data is by.
    public Publish dataSchema(URI schema) {
        return new Publish(topic, id, source, subject, time, schema, delay, extensions, isDocument);
    }

    /// Up to a hundred years, in milliseconds; what a server can is told by [Capability#DELAY].
    public Publish delay(Duration wait) {
        return new Publish(topic, id, source, subject, time, dataSchema, wait, extensions, isDocument);
    }

    /// One more attribute, by a name of lower-case letters and digits.
    ///
    /// @throws IllegalArgumentException when the name is of something else, or the specification's own
    public Publish extension(String name, String value) {
        var more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Publish(topic, id, source, subject, time, dataSchema, delay, more, isDocument);
    }

    /// For receivers that read whole documents, such as `application/cloudevents+json`; needs an [EventFormat].
    public Publish asDocument() {
        return new Publish(topic, id, source, subject, time, dataSchema, delay, extensions, true);
    }
}
