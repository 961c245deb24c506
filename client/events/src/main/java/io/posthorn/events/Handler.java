package io.posthorn.events;

import java.time.Duration;

/// Works on messages. Called on a virtual thread, by as many at once as [WorkOptions] allows.
///
/// Returning settles the message; throwing has it tried again as [Retry] says, and at last dead-lettered with the
/// cause. [Reject] and [RetryLater] say exactly what is to be done.
@FunctionalInterface
public interface Handler<T> {
    /// @param delivery what else is known; need not be settled by the handler
    void handle(T value, Delivery<? extends T> delivery) throws Exception;

    /// Thrown by a handler for what will never be done.
    final class Reject extends Exception {
        private static final long serialVersionUID = 1L;

        public Reject(String reason) {
            super(reason);
        }
    }

    /// Thrown by a handler for what is to be tried again after exactly this time, as one more attempt.
    final class RetryLater extends Exception {
        private static final long serialVersionUID = 1L;
        private static final Duration LONGEST = Duration.ofDays(100 * 365);
        private final Duration delay;

        /// @param delay below nought is at once, since a time to wait for may just have passed
        /// @throws IllegalArgumentException when it is longer than a hundred years
        public RetryLater(Duration delay) {
            if (delay.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("nothing waits longer than a hundred years, and not " + delay);
            }
            super("to be tried again after " + delay);
            this.delay = delay.isNegative() ? Duration.ZERO : delay;
        }

        public Duration delay() {
            return delay;
        }
    }
}
