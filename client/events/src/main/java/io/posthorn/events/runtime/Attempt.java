package io.posthorn.events.runtime;

/// One attempt at one message.
///
/// @param work may throw whatever it likes
record Attempt(LinkedDelivery<?> delivery, Work work) {
    /// Nobody interrupts this thread but what runs here: that is over with it, and is not for the next one.
    void run() throws Exception {
        try {
            work.run();
        } finally {
            var _ = Thread.interrupted();
        }
    }

    /// What the application does with it.
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}
