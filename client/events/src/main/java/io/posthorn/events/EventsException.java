package io.posthorn.events;

import org.jspecify.annotations.Nullable;

/// What went wrong; the message says what to do.
public abstract sealed class EventsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private EventsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Nothing serves the URI, or it is not well formed.
    public static final class WrongUri extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        public WrongUri(String message) {
            super(message, null);
        }
    }

    /// The broker cannot be opened, or does not answer any more. What was being published may be in.
    public static final class Unreachable extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        /// @param cause null when it is nobody else's
        public Unreachable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// This broker cannot do what was asked.
    public static final class Unsupported extends EventsException {
        private static final long serialVersionUID = 1L;

        /// The feature.
        private final Capability capability;

        /// Who it is.
        private final String server;

        /// Of a server that can nothing of it.
        public Unsupported(Capability capability, String server) {
            this(capability, server, capability.words());
        }

        /// Of a server that can some of it.
        ///
        /// @param what of it, where it can do some
        public Unsupported(Capability capability, String server, String what) {
            super(
                    "%s cannot do this: %s (%s). Ask capabilities() first, or open another broker."
                            .formatted(server, what, capability),
                    null);
            this.capability = capability;
            this.server = server;
        }

        /// The feature.
        public Capability capability() {
            return capability;
        }

        /// Who it is, with version and place where it is behind a network.
        public String server() {
            return server;
        }
    }

    /// There is such a queue, made with other options.
    public static final class Incompatible extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        /// @param cause null when it is nobody else's
        public Incompatible(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// The broker does not take it: the queue is full, the user may not, the disk is full. It is not in.
    public static final class Refused extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        /// @param cause null when it is nobody else's
        public Refused(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// A value cannot be encoded, or a message cannot be decoded.
    public static final class BadMessage extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        /// @param cause null when it is nobody else's
        public BadMessage(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// Nobody answered a request in time.
    public static final class NoAnswer extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param message says what to do
        public NoAnswer(String message) {
            super(message, null);
        }
    }

    /// Something is used after it was closed.
    public static final class Closed extends EventsException {
        private static final long serialVersionUID = 1L;

        /// For who opens brokers.
        ///
        /// @param what is closed
        public Closed(String what) {
            super(what + " is closed; open it again, or close it later", null);
        }
    }
}
