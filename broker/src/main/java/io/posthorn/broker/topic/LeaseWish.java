package io.posthorn.broker.topic;

/// What somebody wants to lease.
///
/// @param most how many offsets
/// @param from none before this one
/// @param before and none from this one on
public record LeaseWish(int most, long from, long before, LeaseRules rules) {
    /// Whatever there is.
    public static LeaseWish of(int most, LeaseRules rules) {
        return new LeaseWish(most, 0, Long.MAX_VALUE, rules);
    }
}
