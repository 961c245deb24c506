package io.posthorn.broker.queue;

import java.util.List;

/// What a queue knows of some of its messages without reading them.
///
/// @param next the first offset that was not looked at
/// @param end whether there is nothing from there on
public record Glance(List<Seen> seen, long next, boolean end) {
    public record Seen(long offset, boolean redelivered, int deliveryCount) {}
}
