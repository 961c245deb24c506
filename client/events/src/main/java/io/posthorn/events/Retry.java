package io.posthorn.events;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How often something is tried, and how long it waits in between. Immutable.
///
/// @param attempts how often in all; the first one counts
/// @param first wait after the first attempt
/// @param factor how much longer each further wait is
/// @param most no wait is longer
/// @param jitter by which part of it a wait may be shorter or longer, 0 to 1
public record Retry(int attempts, Duration first, double factor, Duration most, double jitter) {
    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for less than one attempt, waits that shrink, and a jitter that is not 0
    /// to 1
    public Retry {
        if (attempts < 1) {
            throw new IllegalArgumentException("something is tried once at least, not " + attempts + " times");
        }
        if (first.isNegative() || most.compareTo(first) < 0 || factor < 1 || jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("waits grow from " + first + " by " + factor + " up to " + most
                    + ", with a jitter of " + jitter + ": that cannot be");
        }
    }

    /// Five attempts; waits of 1, 2, 4 and 8 seconds, a fifth more or less.
    public static Retry usual() {
        return exponential(Duration.ofSeconds(1)).attempts(5);
    }

    /// Not at all.
    public static Retry never() {
        return new Retry(1, Duration.ZERO, 1, Duration.ZERO, 0);
    }

    /// Twice as long each time, up to 5 minutes, a fifth more or less.
    public static Retry exponential(Duration first) {
        Duration most = Duration.ofMinutes(5);
        return new Retry(5, first, 2, first.compareTo(most) > 0 ? first : most, 0.2);
    }

    /// Always as long.
    public static Retry fixed(Duration wait) {
        return new Retry(5, wait, 1, wait, 0);
    }

    /// How often in all; the first one counts.
    public Retry attempts(int times) {
        return new Retry(times, first, factor, most, jitter);
    }

    /// By which part of it a wait may be shorter or longer: 0 to 1.
    public Retry jitter(double part) {
        return new Retry(attempts, first, factor, most, part);
    }

    /// No wait is longer.
    public Retry most(Duration wait) {
        return new Retry(attempts, first, factor, wait, jitter);
    }

    /// Whether there is another attempt behind this one.
    public boolean goesOnAfter(int attempt) {
        return attempt < attempts;
    }

    /// How long to wait after this attempt.
    public Duration waitAfter(int attempt, RandomGenerator random) {
        double grown = first.toMillis() * Math.pow(factor, attempt - 1.0);
        double millis = Math.min(grown, (double) most.toMillis());
        double part = jitter == 0 ? 0 : random.nextDouble(-jitter, jitter);
        return Duration.ofMillis(Math.round(millis * (1 + part)));
    }
}
