package io.posthorn.server;

import io.netty.channel.ChannelHandler;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;

/// A protocol whose settings, or whose broker, may be others for the connections to come. Thread-safe.
final class ReplaceableProtocol implements Protocol {
    private volatile Protocol current;

    ReplaceableProtocol(Protocol first) {
        this.current = first;
    }

    /// Connections that are there stay as they are.
    void replace(Protocol next) {
        current = next;
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public ChannelHandler serve(Connection connection) {
        return current.serve(connection);
    }

    @Override
    public byte[] refusal() {
        return current.refusal();
    }
}
