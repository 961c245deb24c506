package io.posthorn.broker.topic;

/// What becomes of leased offsets.
///
/// @param from inclusive
/// @param to exclusive
public record LeaseEnd(long from, long to, How how) {
    /// In which way a lease ends, or does not.
    public enum How {
        /// Done with.
        ACCEPTED,
        /// Given back, to be delivered again.
        RELEASED,
        /// Refused: never to be delivered again.
        REJECTED,
        /// Kept: the time begins anew.
        RENEWED,
        /// Given back by who has shown them to nobody: that was no delivery.
        UNSEEN
    }
}
