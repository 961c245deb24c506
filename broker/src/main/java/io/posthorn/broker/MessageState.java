package io.posthorn.broker;

/// What has become of a message of a queue.
public enum MessageState {
    /// It waits for a consumer.
    READY,
    /// It was delivered, or is on its way out, and is not settled yet.
    UNSETTLED,
    /// The queue gave it up, and it is in a queue that takes the dead letters.
    DEAD
}
