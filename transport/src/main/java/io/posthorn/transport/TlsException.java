package io.posthorn.transport;

import java.io.IOException;
import java.io.Serial;

/// A certificate or key cannot be used; the message says which file, why, and what to do, without a full stop.
public final class TlsException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
