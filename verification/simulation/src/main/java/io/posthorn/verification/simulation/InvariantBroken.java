package io.posthorn.verification.simulation;

import java.io.Serial;

/// The product has broken a promise.
public final class InvariantBroken extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public InvariantBroken(String message) {
        super(message);
    }

    InvariantBroken(String message, Throwable cause) {
        super(message, cause);
    }
}
