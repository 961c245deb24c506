package io.posthorn.server;

import java.io.Serial;

/// Why a server could not be started, for the person who started it: what, why, what to do.
public final class StartFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message, null, false, false);
    }
}
