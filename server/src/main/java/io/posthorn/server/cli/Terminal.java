package io.posthorn.server.cli;

import java.io.Console;
import java.util.Optional;

/// The terminal that a person sits at.
final class Terminal {
    private Terminal() {}

    /// Whether standard input and output are one.
    static boolean isThere() {
        return console().isPresent();
    }

    static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
