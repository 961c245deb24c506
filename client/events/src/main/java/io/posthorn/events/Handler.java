package io.posthorn.events;

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
        private final java.time.Duration delay;

        public RetryLater(java.time.Duration delay) {
            super("to be tried again after " + delay);
            this.delay = delay;
        }

        public java.time.Duration delay() {
            return delay;
        }
    }
}
