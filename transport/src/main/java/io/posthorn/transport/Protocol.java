package io.posthorn.transport;

import io.netty.channel.ChannelHandler;

/// What is spoken behind a listener.
public interface Protocol {
    /// For people: `amqp`.
    String name();

    /// Creates what serves one accepted connection. Called on the connection's loop.
    ///
    /// The handler is asked to end its connection in order by the user event [StopRequested].
    ChannelHandler serve(Connection connection);

    /// What a connection is told that is one too many, before it is closed; nothing by default.
    default byte[] refusal() {
        return new byte[0];
    }

    /// Asks a connection to say goodbye in its protocol's way, and to close.
    record StopRequested(String reason) {}
}
