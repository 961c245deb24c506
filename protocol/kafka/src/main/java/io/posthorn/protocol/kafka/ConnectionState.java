package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerSession;

/// How far a connection has come.
sealed interface ConnectionState {
    /// Nobody has said who it is.
    record Stranger() implements ConnectionState {}

    /// The broker is being asked who it is.
    record LoggingIn() implements ConnectionState {}

    /// It says who it is, by SASL.
    ///
    /// @param isRaw whether its tokens come without the header of a request, as in the first version of the
    /// handshake
    record Authenticating(SaslLogin login, boolean isRaw) implements ConnectionState {}

    record Running(BrokerSession session) implements ConnectionState {}

    record Closed() implements ConnectionState {}
}
