package io.posthorn.outbox;

/// The database did not do what was asked.
public final class OutboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutboxException(String what, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
