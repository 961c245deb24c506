package io.posthorn.server.rabbitmqctl;

import java.io.Serial;

/// Ends a command with one of RabbitMQ's exit codes, and what is said of it.
final class CtlFailure extends RuntimeException {
    static final int USAGE = 64;
    static final int DATA = 65;
    static final int NO_USER = 67;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;

    @Serial
    private static final long serialVersionUID = 1L;

    private final int code;
    private final boolean misused;

    private CtlFailure(int code, String text, boolean misused) {
        super(text, null, false, false);
        this.code = code;
        this.misused = misused;
    }

    /// Said behind a line with `Error:`.
    static CtlFailure of(int code, String text) {
        return new CtlFailure(code, "Error:\n" + text, false);
    }

    /// Said as it is.
    static CtlFailure plain(int code, String text) {
        return new CtlFailure(code, text, false);
    }

    /// Said with what was given, and what might have been.
    static CtlFailure misused(int code, String text) {
        return new CtlFailure(code, text, true);
    }

    static CtlFailure arguments(int code, String text) {
        return misused(code, "Error (argument validation): " + text);
    }

    int code() {
        return code;
    }

    boolean isMisuse() {
        return misused;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
