package io.posthorn.events;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// Understands cron expressions. Found on the class path as a service. Thread-safe.
public interface Cron {
    /// The first time after this one.
    ///
    /// @return empty when there is none
    /// @throws IllegalArgumentException when the expression makes no sense
    Optional<Instant> next(String expression, ZoneId zone, Instant after);
}
