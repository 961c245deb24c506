package io.posthorn.server.cli;

import java.util.Locale;

/// How a command prints what it found.
enum Format {
    /// For people.
    TABLE,
    /// For programs; stays as it is from release to release.
    JSON;

    static final Command.Option OPTION = Command.Option.with("--format", "FORMAT", "table (if not given) or json");

    static Format of(Arguments given) {
        String name = given.value(OPTION.name()).orElse("table");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "table" -> TABLE;
            case "json" -> JSON;
            default -> throw given.wrong("--format is table or json, not '%s'.".formatted(name));
        };
    }
}
