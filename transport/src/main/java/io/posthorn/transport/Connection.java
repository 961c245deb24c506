package io.posthorn.transport;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// One accepted socket, and what stands around it. Confined to the thread of its loop.
public final class Connection {
    private final Channel channel;
    private final IoLoop loop;
    private final ReceiveBuffers receiveBuffers;
    private final ReadGate readGate;
    private final Outbox outbox;
    private final String name;

    Connection(Channel channel, IoLoop loop, ReceiveBuffers receiveBuffers) {
        this.channel = channel;
        this.loop = loop;
        this.receiveBuffers = receiveBuffers;
        this.readGate = new ReadGate(channel);
        this.outbox = new Outbox(channel);
        this.name = text(channel.remoteAddress()) + " -> " + text(channel.localAddress());
    }

    /// A connection over any channel, for tests that have no socket.
    public static Connection over(Channel channel, IoLoop loop) {
        return new Connection(channel, loop, new ReceiveBuffers());
    }

    public Channel channel() {
        return channel;
    }

    public IoLoop loop() {
        return loop;
    }

    public ReadGate readGate() {
        return readGate;
    }

    public Outbox outbox() {
        return outbox;
    }

    /// The peer has shown who it is: from now on it may fill large buffers.
    public void trust() {
        receiveBuffers.trust();
    }

    /// Reads little at once from now on, or as much as ever: where memory is short, what is read of many peers that
    /// then have to wait must not take the rest of it.
    public void readLittle(boolean little) {
        receiveBuffers.readLittle(little);
    }

    /// Drops the socket, and what was not sent yet.
    public void close() {
        var _ = channel.close();
    }

    public boolean isFromLoopback() {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && peer.getAddress().isLoopbackAddress();
    }

    /// The peer's, without a port; what is known of it where it has none.
    public String peerAddress() {
        return channel.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : String.valueOf(channel.remoteAddress());
    }

    /// Whether nobody between the peer and us can read what is said.
    public boolean isEncrypted() {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /// How what is said is encrypted; empty when it is not.
    public Optional<SSLSession> encryption() {
        return Optional.ofNullable(channel.pipeline().get(SslHandler.class))
                .map(handler -> handler.engine().getSession());
    }

    /// The certificate that the peer has shown, which an authority that we trust has signed.
    public Optional<X509Certificate> peerCertificate() {
        SslHandler encryption = channel.pipeline().get(SslHandler.class);
        if (encryption == null) {
            return Optional.empty();
        }
        try {
            Certificate[] shown = encryption.engine().getSession().getPeerCertificates();
            return Optional.of((X509Certificate) shown[0]);
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    /// `127.0.0.1:50123 -> 127.0.0.1:5672`, as RabbitMQ names connections.
    public String name() {
        return name;
    }

    private static String text(java.net.SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }
}
