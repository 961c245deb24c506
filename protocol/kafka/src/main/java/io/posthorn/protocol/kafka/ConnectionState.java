package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerSession;

/// How far a connection has come.
sealed interface ConnectionState {
    /// Nobody has said who it is.
    record Stranger() implements ConnectionState {}

    /// The broker is being asked who it is.
    record LoggingIn() implements ConnectionState {}

    record Running(BrokerSession session) implements ConnectionState {}

    record Closed() implements ConnectionState {}
}
