package io.posthorn.broker.topic;

/// Whether leases have ended as was asked: all of them, or none.
public enum LeaseAnswer {
    /// They have.
    DONE,
    /// One of the offsets is not leased to who asks.
    NOT_LEASED,
    /// One of the offsets was never leased to anybody.
    NEVER_LEASED
}
