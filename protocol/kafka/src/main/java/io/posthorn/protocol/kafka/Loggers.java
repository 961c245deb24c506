package io.posthorn.protocol.kafka;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The loggers of this process, whatever writes their lines. What is set ends with the process. Thread-safe.
public interface Loggers {
    /// The name of the one above all others.
    String ROOT = "root";

    /// Where nothing is known of them.
    Loggers NONE = new Loggers() {
        @Override
        public Map<String, String> levels() {
            return Map.of();
        }

        @Override
        public Map<String, String> chosen() {
            return Map.of();
        }

        @Override
        public void choose(String logger, @Nullable String level) {
            throw new IllegalArgumentException("there is no logger '" + logger + "'");
        }
    };

    /// The level of each, by its name.
    Map<String, String> levels();

    /// The same of those that do not have it from the one above them.
    Map<String, String> chosen();

    /// @param logger one of those that there are
    /// @param level one of Kafka's; null for that of the one above it
    void choose(String logger, @Nullable String level);
}
