package io.posthorn.broker;

/// How a delivery ends.
public enum Outcome {
    /// Done with: the message leaves the queue.
    ACCEPTED,
    /// Given back: it returns to its place in the queue, to be delivered again.
    RELEASED,
    /// Refused: it leaves the queue, to where its dead letters go.
    REJECTED
}
