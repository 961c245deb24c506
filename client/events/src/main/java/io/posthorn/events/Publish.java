package io.posthorn.events;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one event is to be published. Immutable.
///
/// @param topic words between dots; null for the name of the event's type
/// @param id null for one made up
/// @param subject what it happened to; events of one subject keep their order where a subscription wants that
/// @param delay how long it waits before anybody has it
/// @param extensions further attributes of CloudEvents
public record Publish(
        @Nullable String topic,
        @Nullable String id,
        @Nullable String subject,
        Duration delay,
        Map<String, String> extensions) {
    public static final Publish NORMALLY = new Publish(null, null, null, Duration.ZERO, Map.of());

    public Publish {
        extensions = Map.copyOf(extensions);
        for (String name : extensions.keySet()) {
            if (name.isEmpty() || !name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                throw new IllegalArgumentException("an extension's name is of a-z and 0-9, not '" + name + "'");
            }
        }
        if (topic != null && topic.startsWith("$")) {
            throw new IllegalArgumentException("topics that begin with $ are the library's own: " + topic);
        }
    }

    public static Publish to(String topic) {
        return NORMALLY.topic(topic);
    }

    public static Publish about(String subject) {
        return NORMALLY.subject(subject);
    }

    public static Publish after(Duration delay) {
        return NORMALLY.delay(delay);
    }

    public Publish topic(String words) {
        return new Publish(words, id, subject, delay, extensions);
    }

    public Publish id(String eventId) {
        return new Publish(topic, eventId, subject, delay, extensions);
    }

    public Publish subject(String about) {
        return new Publish(topic, id, about, delay, extensions);
    }

    public Publish delay(Duration wait) {
        return new Publish(topic, id, subject, wait, extensions);
    }

    public Publish extension(String name, String value) {
        var more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Publish(topic, id, subject, delay, more);
    }
}
