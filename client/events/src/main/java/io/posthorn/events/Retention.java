package io.posthorn.events;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a subscription keeps events. Immutable.
///
/// @param age nothing older; null for any age
/// @param bytes no more than that, the oldest go first; 0 for any amount
public record Retention(@Nullable Duration age, long bytes) {
    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException when the age is less than a second or the bytes are less than none
    public Retention {
        if (bytes < 0 || (age != null && age.toSeconds() < 1)) {
            throw new IllegalArgumentException("events are kept for a second at least, or as some bytes: not for " + age
                    + " and " + bytes + " bytes");
        }
    }

    /// As long as there is room on the disk.
    public static Retention always() {
        return new Retention(null, 0);
    }

    /// In whole seconds.
    public static Retention age(Duration age) {
        return new Retention(age, 0);
    }

    /// No more than so many bytes: the oldest events go first, in chunks.
    public static Retention bytes(long most) {
        return new Retention(null, most);
    }
}
