package io.posthorn.events;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one message is to be sent. Immutable.
///
/// @param id of the message; a queue that de-duplicates knows it by this. Null for one made up
/// @param key what it is about; null for nothing in particular
/// @param priority 0 to 255; counts in a queue that was made for priorities
/// @param delay how long it waits before it can be taken out
/// @param expiry how long it can be taken out; null for as long as the queue says
public record Send(
        @Nullable String id,
        @Nullable String key,
        int priority,
        Duration delay,
        @Nullable Duration expiry,
        Map<String, String> headers) {
    public static final Send NORMALLY = new Send(null, null, 0, Duration.ZERO, null, Map.of());

    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for a priority that is not 0 to 255, a negative delay or expiry
    public Send {
        headers = Map.copyOf(headers);
        if (priority < 0 || priority > 255) {
            throw new IllegalArgumentException("a priority is from 0 to 255, not " + priority);
        }
        if (delay.isNegative() || (expiry != null && expiry.isNegative())) {
            throw new IllegalArgumentException("neither delay nor expiry is negative");
        }
    }

    /// As usual, with this id.
    public static Send withId(String id) {
        return NORMALLY.id(id);
    }

    /// As usual, about this.
    public static Send withKey(String key) {
        return NORMALLY.key(key);
    }

    /// As usual, with this priority.
    public static Send withPriority(int priority) {
        return NORMALLY.priority(priority);
    }

    /// As usual, but later.
    public static Send delayed(Duration delay) {
        return NORMALLY.delay(delay);
    }

    /// As usual, but not for ever.
    public static Send expiring(Duration expiry) {
        return NORMALLY.expiry(expiry);
    }

    /// In place of an id that is made up; what a queue that de-duplicates knows it by.
    public Send id(String messageId) {
        return new Send(messageId, key, priority, delay, expiry, headers);
    }

    /// What it is about: messages of one key keep their order where a handler wants that, and share its fairness.
    public Send key(String about) {
        return new Send(id, about, priority, delay, expiry, headers);
    }

    /// 0 to 255; the highest that counts is the queue's.
    public Send priority(int level) {
        return new Send(id, key, level, delay, expiry, headers);
    }

    /// How long it waits before it can be taken out: up to a hundred years, in milliseconds.
    public Send delay(Duration wait) {
        return new Send(id, key, priority, wait, expiry, headers);
    }

    /// How long it can be taken out, from when it is in: up to a hundred years, in milliseconds.
    public Send expiry(Duration life) {
        return new Send(id, key, priority, delay, life, headers);
    }

    /// One more text beside the value. Names that begin with `x-` are brokers' own.
    public Send header(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Send(id, key, priority, delay, expiry, more);
    }
}
