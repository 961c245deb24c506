package io.posthorn.server.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// One thing that can be set: its name in a file, its name in the environment, perhaps a flag, and how its text
/// is read.
///
/// @param key in the YAML file, with a dot per level: `amqp.listen`
/// @param flag `--amqp`, for the few that have one
/// @param shape what may be written, for people: `HOST:PORT or off`
/// @param defaultText read like any other text
public record Setting<T>(
        String key,
        Optional<String> flag,
        String shape,
        String defaultText,
        String meaning,
        Function<String, T> reader) {
    static <T> Setting<T> of(String key, String shape, String defaultText, String meaning, Function<String, T> reader) {
        return new Setting<>(key, Optional.empty(), shape, defaultText, meaning, reader);
    }

    Setting<T> flag(String flag) {
        return new Setting<>(key, Optional.of(flag), shape, defaultText, meaning, reader);
    }

    /// `POSTHORN_AMQP_LISTEN`
    public String variable() {
        return "POSTHORN_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
