package io.posthorn.broker;

/// How a delivery ends.
public enum Outcome {
    /// Done with: the message leaves the queue.
    ACCEPTED,
    /// Given back: it returns to its place in the queue, to be delivered again.
    RELEASED,
    /// Refused: it leaves the queue, to where its dead letters go.
    REJECTED,
    /// Given back as one that could not be done: as released, for queues that do not tell them apart.
    FAILED;

    /// Whether the message stays in its queue.
    public boolean comesBack() {
        return this == RELEASED || this == FAILED;
    }
}
