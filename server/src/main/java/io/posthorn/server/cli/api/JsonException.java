package io.posthorn.server.cli.api;

import java.io.Serial;

/// What was read is no JSON.
public final class JsonException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message, null, false, false);
    }
}
