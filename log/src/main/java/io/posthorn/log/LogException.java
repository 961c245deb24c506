package io.posthorn.log;

import java.io.Serial;

/// What can go wrong in a log, by kind. A programming error is an `IllegalStateException` instead.
public abstract sealed class LogException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private LogException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
    }

    /// The offset asked for is not in the log.
    public static final class OffsetOutOfRange extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public OffsetOutOfRange(LogId log, long offset, LogBounds bounds) {
            super("offset " + offset + " is not in " + log + ", which holds " + bounds, null);
        }
    }

    /// Stored bytes are not what was written. Everything else stays readable.
    public static final class Damaged extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final long nextOffset;

        public Damaged(String message, long nextOffset) {
            super(message, null);
            this.nextOffset = nextOffset;
        }

        /// The first offset behind the damage: where a reader goes on.
        public long nextOffset() {
            return nextOffset;
        }
    }

    /// What is stored cannot be read now: a file could not be opened, or the device says so. Nothing is known of the
    /// bytes, so they are neither damaged nor gone; who reads again may get them.
    public static final class Unreadable extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public Unreadable(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// A write or sync failed. What became of the bytes is unknown, so nothing more is appended until a
    /// restart.
    public static final class Poisoned extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public Poisoned(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// The storage has reached its reserve. Appending works again once there is room.
    public static final class StorageFull extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public StorageFull(String message) {
            super(message, null);
        }
    }

    /// A newer writer owns the segment: this one is a zombie and must stop.
    public static final class Fenced extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public Fenced(String message) {
            super(message, null);
        }
    }

    /// The storage cannot be opened: a newer format, another process in it, or a missing piece.
    public static final class Unusable extends LogException {
        @Serial
        private static final long serialVersionUID = 1L;

        public Unusable(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
