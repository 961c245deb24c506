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

    public Send {
        headers = Map.copyOf(headers);
        if (priority < 0 || priority > 255) {
            throw new IllegalArgumentException("a priority is from 0 to 255, not " + priority);
        }
        if (delay.isNegative() || (expiry != null && expiry.isNegative())) {
            throw new IllegalArgumentException("neither delay nor expiry is negative");
        }
    }

    public static Send withId(String id) {
        return NORMALLY.id(id);
    }

    public static Send withKey(String key) {
        return NORMALLY.key(key);
    }

    public static Send withPriority(int priority) {
        return NORMALLY.priority(priority);
    }

    public static Send delayed(Duration delay) {
        return NORMALLY.delay(delay);
    }

    public static Send expiring(Duration expiry) {
        return NORMALLY.expiry(expiry);
    }

    public Send id(String messageId) {
        return new Send(messageId, key, priority, delay, expiry, headers);
    }

    public Send key(String about) {
        return new Send(id, about, priority, delay, expiry, headers);
    }

    public Send priority(int level) {
        return new Send(id, key, level, delay, expiry, headers);
    }

    public Send delay(Duration wait) {
        return new Send(id, key, priority, wait, expiry, headers);
    }

    public Send expiry(Duration life) {
        return new Send(id, key, priority, delay, life, headers);
    }

    public Send header(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Send(id, key, priority, delay, expiry, more);
    }
}
