package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;

/// Where a connection stands (§2.2.4 of the specification).
sealed interface ConnectionState {
    /// As RabbitMQ calls it in replies and logs.
    default String text() {
        return switch (this) {
            case AwaitingHeader _ -> "pre_init";
            case AwaitingStartOk _ -> "starting";
            case Authenticating _ -> "securing";
            case AwaitingTuneOk _ -> "tuning";
            case AwaitingOpen _ -> "opening";
            case Running _ -> "running";
            case Ending _, Closing _, Leaving _ -> "closing";
            case Discarding _, Closed _ -> "closed";
        };
    }

    /// Whether what still comes is for nobody.
    default boolean isDeaf() {
        return this instanceof Leaving || this instanceof Discarding || this instanceof Closed;
    }

    record AwaitingHeader() implements ConnectionState {}

    record AwaitingStartOk() implements ConnectionState {}

    /// The password is being checked, elsewhere; the read gate is closed meanwhile.
    record Authenticating(Client client) implements ConnectionState {}

    record AwaitingTuneOk(Client client, Principal user) implements ConnectionState {}

    record AwaitingOpen(Client client, Principal user) implements ConnectionState {}

    record Running(Client client, BrokerSession session) implements ConnectionState {}

    /// We shall send close, when all that goes with the connection is gone. Nothing is decoded until then.
    record Ending() implements ConnectionState {}

    /// We have sent close, and discard everything but its answer.
    record Closing() implements ConnectionState {}

    /// The peer has sent close, which is answered when all that goes with the connection is gone.
    record Leaving() implements ConnectionState {}

    /// What comes cannot be understood any more and is thrown away, until the peer or a timer closes.
    record Discarding() implements ConnectionState {}

    record Closed() implements ConnectionState {}
}
