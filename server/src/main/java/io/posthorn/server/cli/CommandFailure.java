package io.posthorn.server.cli;

import java.io.Serial;

/// Why a command could not do its work: what happened, why, and what to do. Printed as it is, without a trace.
public final class CommandFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CommandFailure(String message) {
        super(message, null, false, false);
    }
}
