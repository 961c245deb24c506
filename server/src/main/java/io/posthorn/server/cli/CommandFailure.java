package io.posthorn.server.cli;

import java.io.Serial;

/// Why a command could not do its work: what happened, why, and what to do. Printed as it is, without a trace.
public final class CommandFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public CommandFailure(String message) {
        this(ExitCode.FAILED, message);
    }

    CommandFailure(ExitCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
