package io.posthorn.broker.topology;

/// Where a binding leads.
sealed interface Target permits QueueEntry, Target.ToExchange {
    /// By name: the exchange is looked up when a message comes by, so that its own changes touch nobody else.
    record ToExchange(String name) implements Target {}
}
