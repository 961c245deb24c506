package io.posthorn.events;

import org.jspecify.annotations.Nullable;

/// What is wanted, and how. Immutable.
///
/// @param type events of it and its subtypes; `Object` for any
/// @param topic words between dots, `*` for one and `#` for any number of them; null for any topic
/// @param name of a durable subscription: it collects events while nobody handles them, and who subscribes by the same
/// name shares them. Null for one that ends with its handler
/// @param kept for how long a durable subscription keeps events that were handled; null where it does not
/// @param from where in what is kept the handler begins
/// @param reader whose place in what is kept the broker remembers; null where the application does
public record Subscribe<T>(
        Class<T> type,
        @Nullable String topic,
        @Nullable String name,
        WorkOptions work,
        @Nullable Retention kept,
        Position from,
        @Nullable String reader) {
    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for a topic that begins with `$`, a reader where nothing is kept, and
    /// something kept without a name
    public Subscribe {
        if (topic != null && topic.startsWith("$")) {
            throw new IllegalArgumentException("topics that begin with $ are the library's own: " + topic);
        }
        if (reader != null && kept == null) {
            throw new IllegalArgumentException("nothing is kept to go on in: write keeping(RETENTION) first");
        }
        if (kept != null && name == null) {
            throw new IllegalArgumentException("what is kept has a name: write durable(NAME) first");
        }
    }

    /// Events of this type and its subtypes.
    public static <T> Subscribe<T> to(Class<T> type) {
        return new Subscribe<>(type, null, null, WorkOptions.oneAtATime(), null, Position.next(), null);
    }

    /// Events of any type whose topic matches.
    public static Subscribe<Object> toTopic(String pattern) {
        return to(Object.class).topic(pattern);
    }

    /// Only those whose topic matches, too.
    public Subscribe<T> topic(String pattern) {
        return new Subscribe<>(type, pattern, name, work, kept, from, reader);
    }

    /// Collects events while nobody handles them, under this name; who subscribes by the same name shares them.
    public Subscribe<T> durable(String subscription) {
        return new Subscribe<>(type, topic, subscription, work, kept, from, reader);
    }

    /// How its handler works; one event at a time and five attempts unless said otherwise.
    public Subscribe<T> work(WorkOptions options) {
        return new Subscribe<>(type, topic, name, options, kept, from, reader);
    }

    /// Keeps events beyond their handling, so that they can be handled again, from any position on. Who subscribes by
    /// the same name shares what is kept, and not the work: each handler gets every event from its position on. The
    /// position is the application's to remember ([EventContext#position]), or the broker's ([#resuming]).
    public Subscribe<T> keeping(Retention retention) {
        return new Subscribe<>(type, topic, name, work, retention, from, reader);
    }

    /// Of what is kept; what is published from now on unless said otherwise.
    public Subscribe<T> from(Position begin) {
        return new Subscribe<>(type, topic, name, work, kept, begin, reader);
    }

    /// Goes on where handlers of this reader's name have come to, in place of [#from], which is for the first of
    /// them. The broker remembers it, as a durable message in a queue of its own: after a crash some events come
    /// again, and none is left out. One handler at a time goes by a reader's name.
    public Subscribe<T> resuming(String readerName) {
        return new Subscribe<>(type, topic, name, work, kept, from, readerName);
    }
}
