package io.posthorn.broker;

import java.io.Serial;

/// Why the broker refuses or cannot do something. Each protocol translates these once, by an exhaustive
/// switch.
///
/// The message is written for the client's developer, as RabbitMQ words it where it has words for it, without
/// the name of a code: `no queue 'q' in vhost '/'`.
public abstract sealed class BrokerException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private BrokerException(String message) {
        super(message, null, false, false);
    }

    public static final class NotFound extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }
    }

    public static final class VirtualHostNotFound extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public VirtualHostNotFound(String message) {
            super(message);
        }
    }

    public static final class AccessRefused extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final int permissionLength;

        /// @param permission what would have been needed: `configure`
        /// @param what was refused: `access to queue 'q' in vhost '/' refused for user 'u'`
        public AccessRefused(String permission, String what) {
            super(permission + " " + what);
            permissionLength = permission.length() + 1;
        }

        /// The message as RabbitMQ worded it before version 4, which did not say what would have been needed.
        public String withoutPermission() {
            return String.valueOf(getMessage()).substring(permissionLength);
        }

        public AccessRefused(String message) {
            super(message);
            permissionLength = 0;
        }
    }

    /// Exclusive to another session.
    public static final class ResourceLocked extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public ResourceLocked(String message) {
            super(message);
        }
    }

    /// Not equivalent, not empty, in use, or an argument that makes no sense.
    public static final class PreconditionFailed extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public PreconditionFailed(String message) {
            super(message);
        }
    }

    /// An exchange type or argument of this protocol that is not served here.
    public static final class NotImplemented extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public NotImplemented(String message) {
            super(message);
        }
    }

    public static final class MessageTooLarge extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public MessageTooLarge(String message) {
            super(message);
        }
    }

    /// A limit on numbers: queues, sessions, consumers.
    public static final class LimitReached extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public LimitReached(String message) {
            super(message);
        }
    }

    public static final class StorageFull extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public StorageFull(String message) {
            super(message);
        }
    }

    /// The journal is poisoned, or a queue is quarantined.
    public static final class StorageFailed extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public StorageFailed(String message) {
            super(message);
        }
    }

    /// An operator has ended the session; the message is the reason that was given.
    public static final class EndedByOperator extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public EndedByOperator(String message) {
            super(message);
        }
    }

    /// The broker is stopping.
    public static final class ShuttingDown extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public ShuttingDown(String message) {
            super(message);
        }
    }

    /// Something of this name is there.
    public static final class AlreadyExists extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public AlreadyExists(String message) {
            super(message);
        }
    }

    /// Before the first record that is kept, or behind the last that may be shown.
    public static final class OffsetOutOfRange extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        public OffsetOutOfRange(String message) {
            super(message);
        }
    }

    /// A producer that numbers its batches is not believed.
    public static final class ProducerRefused extends BrokerException {
        @Serial
        private static final long serialVersionUID = 1L;

        /// Why, in Kafka's words.
        public enum Reason {
            /// A batch before this one is missing.
            OUT_OF_ORDER_SEQUENCE,
            /// It was appended so long ago that its offset is not known any more.
            DUPLICATE_SEQUENCE,
            /// A newer one has taken its place.
            INVALID_PRODUCER_EPOCH,
            /// What it does does not fit the transaction that it has open, or has not.
            INVALID_TXN_STATE,
            /// A coordinator that has been replaced speaks for it.
            TRANSACTION_COORDINATOR_FENCED,
            /// Nothing is known of it, where something would have to be.
            UNKNOWN_PRODUCER_ID
        }

        private final Reason reason;

        public ProducerRefused(Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }
}
