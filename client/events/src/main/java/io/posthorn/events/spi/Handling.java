package io.posthorn.events.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a message is treated on its way.
///
/// @param delay before it can be taken out
/// @param expiry after which nobody gets it any more; null for never
public record Handling(
        boolean persistent,
        int priority,
        Duration delay,
        @Nullable Duration expiry) {
    /// Longer than anybody waits, and short enough to be counted in milliseconds by everybody.
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    /// Refuses what nobody can count.
    ///
    /// @throws IllegalArgumentException for a time that is negative or longer than a hundred years
    public Handling {
        check("a delay", delay);
        if (expiry != null) {
            check("an expiry", expiry);
        }
    }

    private static void check(String what, Duration wait) {
        if (wait.isNegative() || wait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " is of nought to a hundred years, and not " + wait);
        }
    }

    /// Kept over restarts, and there at once.
    public static final Handling DEFAULT = new Handling(true, 0, Duration.ZERO, null);

    /// As [#DEFAULT], but lost in a restart: somebody waits for it only now.
    public static final Handling TRANSIENT = new Handling(false, 0, Duration.ZERO, null);

    /// As [#DEFAULT], but later.
    public static Handling after(Duration delay) {
        return delay.isZero() ? DEFAULT : new Handling(true, 0, delay, null);
    }

    /// Whether it waits before it can be taken out.
    public boolean isDelayed() {
        return !delay.isZero();
    }
}
