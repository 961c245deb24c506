package io.posthorn.events;

import java.time.Duration;

/// A message that was taken out and is not yet settled. It belongs to whoever took it out; settled once, by one thread.
public interface Delivery<T> extends AutoCloseable {
    /// What the message says.
    T value();

    /// Everything else that is said of the message.
    Envelope envelope();

    /// How often it has been tried, this time included.
    int attempt();

    /// Done: the message leaves the queue.
    void ack();

    /// Not done: it returns to its place in the queue at once.
    void nack();

    /// Not done: it comes again after a while, counting as one more attempt.
    ///
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#DELAY]); then it is not settled
    /// @throws EventsException when the broker does not take it now; then it is not settled
    void retryAfter(Duration delay);

    /// Never to be done: it goes to the dead letters, with the reason.
    ///
    /// @throws EventsException when the broker does not take the dead letter now; then it is not settled
    void reject(String reason);

    /// Gives the message back unless it was settled.
    @Override
    void close();
}
