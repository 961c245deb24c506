package io.posthorn.server.cli.api;

import java.io.Serial;

/// Why a broker did not do what it was asked, in words for its user.
public abstract sealed class ApiException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private ApiException(String message) {
        super(message, null, false, false);
    }

    /// A sentence.
    public String sentence() {
        return String.valueOf(getMessage());
    }

    /// Nobody answers there, or not in time.
    public static final class Unreachable extends ApiException {
        @Serial
        private static final long serialVersionUID = 1L;

        public Unreachable(String message) {
            super(message);
        }
    }

    /// The user is not known, or may not do that.
    public static final class NotAllowed extends ApiException {
        @Serial
        private static final long serialVersionUID = 1L;

        NotAllowed(String message) {
            super(message);
        }
    }

    /// What was asked about is not there.
    public static final class NotFound extends ApiException {
        @Serial
        private static final long serialVersionUID = 1L;

        NotFound(String message) {
            super(message);
        }
    }

    /// The broker said no.
    public static final class Refused extends ApiException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }
}
