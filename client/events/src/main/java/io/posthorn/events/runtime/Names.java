package io.posthorn.events.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// Names that every broker takes.
final class Names {
    /// What AMQP has room for.
    private static final int LONGEST = 255;

    /// No text has more bytes than three for each of its characters.
    private static final int MOST_BYTES = 3;

    /// What a queue's name gets where messages wait for it.
    static final String DELAY = ".delay.4200000000";

    private Names() {}

    /// @return the id
    /// @throws IllegalArgumentException when no broker takes it
    static String id(String id) {
        if (id.length() > LONGEST / MOST_BYTES && length(id) > LONGEST) {
            throw new IllegalArgumentException(
                    "an id has %d bytes at most, and not the %d of '%s'".formatted(LONGEST, length(id), id));
        }
        return id;
    }

    /// One name for each name, which is itself where there is room for it.
    static String shortened(String prefix, String name) {
        String whole = prefix + name;
        return length(whole) <= LONGEST ? whole : prefix + digest(name);
    }

    private static String digest(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /// @param what it is the name of, for people
    /// @param added what is put before and behind it
    /// @throws IllegalArgumentException when it is empty, or too long with what is added
    static void check(String what, String name, String added) {
        given(what, name);
        int room = LONGEST - length(added);
        if (name.isEmpty() || length(name) > room) {
            throw new IllegalArgumentException(
                    "%s has a name of 1 to %d bytes, and not '%s'".formatted(what, room, name));
        }
    }

    /// @param what it is the name of, for people
    static String given(String what, String name) {
        return Objects.requireNonNull(name, () -> what + " has a name, and not null");
    }
}
