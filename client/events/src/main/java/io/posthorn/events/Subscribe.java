package io.posthorn.events;

import org.jspecify.annotations.Nullable;

/// What is wanted, and how. Immutable.
///
/// @param type events of it and its subtypes; `Object` for any
/// @param topic words between dots, `*` for one and `#` for any number of them; null for any topic
/// @param name of a durable subscription: it collects events while nobody handles them, and who subscribes by the same
/// name shares them. Null for one that ends with its handler
public record Subscribe<T>(
        Class<T> type, @Nullable String topic, @Nullable String name, WorkOptions work) {
    public Subscribe {
        if (topic != null && topic.startsWith("$")) {
            throw new IllegalArgumentException("topics that begin with $ are the library's own: " + topic);
        }
    }

    /// Events of this type and its subtypes.
    public static <T> Subscribe<T> to(Class<T> type) {
        return new Subscribe<>(type, null, null, WorkOptions.oneAtATime());
    }

    /// Events of any type whose topic matches.
    public static Subscribe<Object> toTopic(String pattern) {
        return new Subscribe<>(Object.class, pattern, null, WorkOptions.oneAtATime());
    }

    /// Only those whose topic matches, too.
    public Subscribe<T> topic(String pattern) {
        return new Subscribe<>(type, pattern, name, work);
    }

    public Subscribe<T> durable(String subscription) {
        return new Subscribe<>(type, topic, subscription, work);
    }

    public Subscribe<T> work(WorkOptions options) {
        return new Subscribe<>(type, topic, name, options);
    }
}
