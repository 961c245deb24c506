package io.posthorn.broker.queue;

import io.posthorn.broker.Delivery;

/// The way from a queue to one consumer's sink. Called on the queue's thread.
public interface ConsumerLink {
    /// @return whether another delivery is welcome now; after false, the consumer waits to be resumed
    boolean deliver(Delivery delivery);

    /// So many deliveries have reached the sink, where that is on another thread.
    ///
    /// @param bytes what they take
    /// @return whether that makes room for more, after [#deliver] has said that there was none
    boolean arrived(int count, long bytes);

    /// Of what the consumer shares with others one delivery is reserved for it: tell its queue. From any thread.
    void creditGranted();

    /// This pass brings no more deliveries.
    void flush();

    /// The queue is gone.
    void cancelled();

    /// The consumer held a delivery for longer than it may, has lost its subscription and what it held.
    void timedOut(long timeoutMillis);
}
