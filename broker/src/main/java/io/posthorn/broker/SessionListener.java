package io.posthorn.broker;

/// What the broker tells a connection of its own accord. Called on the session's io executor.
public interface SessionListener {
    /// Alarms came or went. A connection that publishes while any is on is to be stopped at its first
    /// publish.
    void alarms(java.util.Set<Alarm> on);

    /// The broker takes no more publishes of this session for now (false), or does again (true): close and
    /// open the connection's read gate. What was handed over before is kept.
    void acceptsPublishes(boolean open);

    /// The broker ends the session; the connection is to be closed with this cause.
    void ended(BrokerException cause);

    /// Whether it is told so when the broker stops, since nobody else does.
    default boolean endsWithBroker() {
        return false;
    }
}
