package io.posthorn.broker;

/// Takes the deliveries of one consumer.
///
/// Called on the session's io thread, in delivery order. The bytes of a delivery are valid during the call
/// only.
public interface DeliverySink {
    /// @return whether another one is welcome now; after false, [ConsumerHandle#resume] must be called
    boolean deliver(Delivery delivery);

    /// No more deliveries for now: write out what was collected.
    void flush();

    /// The broker ended the consumer: its queue was deleted, or the user lost the right.
    void cancelled();

    /// The broker ended the consumer, because it held a delivery for longer than it may; what it held is given back.
    default void timedOut(long timeoutMillis) {
        cancelled();
    }
}
