package io.posthorn.events.runtime;

/// One attempt at one message.
///
/// @param work may throw whatever it likes
record Attempt(LinkedDelivery<?> delivery, Work work) {
    /// What the application does with it.
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}
