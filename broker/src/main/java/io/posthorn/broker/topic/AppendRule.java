package io.posthorn.broker.topic;

/// How a batch is appended.
///
/// @param awaitsDurable whether the reply waits until the batch is durable, or comes when it is appended
/// @param origin who made it
/// @param expiring whether any of its records says when it is over: what is not told here is found only when it would
/// be delivered
public record AppendRule(boolean awaitsDurable, Origin origin, boolean expiring) {
    public AppendRule(boolean awaitsDurable, Origin origin) {
        this(awaitsDurable, origin, false);
    }

    public AppendRule withExpiring() {
        return new AppendRule(awaitsDurable, origin, true);
    }

    /// Who made a batch.
    public enum Origin {
        /// A producer: its epoch and sequences are checked where it has any, and no control batch comes from it.
        CLIENT,
        /// The protocol itself: what its coordinators keep, and the markers that end transactions.
        COORDINATOR,
        /// As [#COORDINATOR], where every end of a transaction begins a new epoch of its producer: transactions of
        /// version 2 (KIP-890). A marker of an epoch that has written already comes too late, and ends nothing.
        COORDINATOR_OF_EPOCHS
    }
}
