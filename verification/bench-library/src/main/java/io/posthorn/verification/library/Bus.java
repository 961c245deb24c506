package io.posthorn.verification.library;

/// One way from a publisher to a handler.
public interface Bus extends AutoCloseable {
    /// What is published.
    record Event(long number, String what) {}

    /// Returns when the bus lets the publisher go on.
    void publish(Event event) throws Exception;

    /// As many as the bus takes at once.
    default void publish(Event[] events) throws Exception {
        for (Event event : events) {
            publish(event);
        }
    }

    @Override
    void close() throws Exception;
}
