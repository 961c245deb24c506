package io.posthorn.console.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Times as RabbitMQ writes them.
final class Moments {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Moments() {}

    /// `2026-11-21T19:44:41.163+00:00`
    static String text(long millis) {
        return FORMAT.format(Instant.ofEpochMilli(millis));
    }
}
