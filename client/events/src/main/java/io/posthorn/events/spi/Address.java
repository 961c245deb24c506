package io.posthorn.events.spi;

import java.util.List;

/// Where a message is published.
///
/// @param exchange empty for the queue that `routingKey` names
/// @param moreRoutingKeys further keys at the same exchange
/// @param mustArrive whether it is a failure when no queue takes it
public record Address(String exchange, String routingKey, List<String> moreRoutingKeys, boolean mustArrive) {
    /// Keeps a copy of the keys.
    public Address {
        moreRoutingKeys = List.copyOf(moreRoutingKeys);
    }

    /// A queue itself; it is a failure when there is none.
    public static Address queue(String name) {
        return new Address("", name, List.of(), true);
    }

    /// Whether it is for one queue, and not for an exchange.
    public boolean isQueue() {
        return exchange.isEmpty();
    }

    /// For people.
    @Override
    public String toString() {
        return isQueue() ? "queue '" + routingKey + "'" : "'" + routingKey + "' at exchange '" + exchange + "'";
    }
}
