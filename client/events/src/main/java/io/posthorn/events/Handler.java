package io.posthorn.events;

import java.time.Duration;

/// Works on messages. Called on a virtual thread, by as many at once as [WorkOptions] allows.
///
/// Returning settles the message; throwing has it tried again as [Retry] says, and at last dead-lettered with the
/// cause. [Reject] and [RetryLater] say exactly what is to be done.
@FunctionalInterface
public interface Handler<T> {
    /// Works on one message.
    ///
    /// @param delivery what else is known; need not be settled by the handler
    /// @throws Exception what has it tried again, or [Reject] and [RetryLater]
    void handle(T value, Delivery<? extends T> delivery) throws Exception;

    /// Thrown by a handler for what will never be done.
    final class Reject extends Exception {
        private static final long serialVersionUID = 1L;

        /// For what will never be done.
        ///
        /// @param reason for people: it stands beside the dead letter
        public Reject(String reason) {
            super(reason);
        }
    }

    /// Thrown by a handler for what is to be tried again after exactly this time, as one more attempt.
    final class RetryLater extends Exception {
        private static final long serialVersionUID = 1L;
        private static final Duration LONGEST = Duration.ofDays(100 * 365);

        /// How long to wait.
        private final Duration delay;

        /// For what can be done later.
        ///
        /// @param delay below nought is at once, since a time to wait for may just have passed
        /// @throws IllegalArgumentException when it is longer than a hundred years
        public RetryLater(Duration delay) {
            if (delay.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("nothing waits longer than a hundred years, and not " + delay);
            }
            super("to be tried again after " + delay);
            this.delay = delay.isNegative() ? Duration.ZERO : delay;
        }

        /// How long to wait; never negative.
        public Duration delay() {
            return delay;
        }
    }
}
