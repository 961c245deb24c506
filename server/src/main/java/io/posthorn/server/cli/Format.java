package io.posthorn.server.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/// How a command prints what it found.
enum Format {
    /// For people.
    TABLE,
    /// For programs; stays as it is from release to release.
    JSON;

    private static final String NAME = "--format";
    private static final List<String> NAMES = List.of("table", "json");

    static OptionSpec option() {
        return Options.oneOf(NAMES, NAME, "FORMAT", "table (if not given) or json");
    }

    static Format of(Given given) {
        return given.value(NAME).filter("json"::equals).isPresent() ? JSON : TABLE;
    }
}
