package io.posthorn.events.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Names that every broker takes.
final class Names {
    /// What AMQP has room for.
    private static final int LONGEST = 255;

    private Names() {}

    /// @param what it is the name of, for people
    /// @param added what is put before and behind it
    /// @throws IllegalArgumentException when it is empty, or too long with what is added
    static void check(String what, String name, String added) {
        Objects.requireNonNull(name, () -> what + " has a name, and not null");
        int room = LONGEST - added.length();
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > room) {
            throw new IllegalArgumentException(
                    "%s has a name of 1 to %d bytes, and not '%s'".formatted(what, room, name));
        }
    }
}
