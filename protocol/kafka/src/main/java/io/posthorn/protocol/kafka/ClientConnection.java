package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.statistics.ConsumerReport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The connection by which a request has come, as handlers see it. Confined to its io thread.
public interface ClientConnection {
    /// What it may do in the broker, as whoever has logged in.
    BrokerSession session();

    /// Its io thread.
    Executor io();

    /// Runs something on the io thread after a while, unless it is cancelled before.
    ///
    /// @return cancels it
    Runnable after(long millis, Runnable task);

    /// Lets something be done when the connection ends. Runs on the io thread.
    void whenClosed(Runnable action);

    /// Where the peer has found us.
    InetSocketAddress localAddress();

    /// Where the peer is.
    InetSocketAddress peerAddress();

    boolean isEncrypted();

    /// For people: `127.0.0.1:50123 -> 127.0.0.1:9092`.
    String name();

    /// Who consumes by this connection: asked on the io thread whenever somebody wants a list.
    void consumers(Supplier<List<ConsumerReport>> who);

    /// The peer has said what it is, as clients do in their first request.
    void introduced(String software, String version);
}
