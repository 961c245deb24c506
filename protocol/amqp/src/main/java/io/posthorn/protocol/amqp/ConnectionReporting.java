package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What lists show of one connection, and what it counts. Confined to the thread of its connection.
final class ConnectionReporting {
    private final Connection transport;

    /// What belongs to no open channel.
    private final Tally tally = new Tally();

    private String mechanism = "";
    private Arguments clientProperties = Arguments.NONE;
    private int frameMax;
    private int channelMax;
    private int heartbeatSeconds;
    private long connectedAt;

    ConnectionReporting(Connection transport) {
        this.transport = transport;
    }

    void said(String loginMechanism, Arguments properties) {
        mechanism = loginMechanism;
        clientProperties = properties;
    }

    void tuned(Tuning agreed, int heartbeat) {
        frameMax = agreed.frameMax();
        channelMax = agreed.channelMax();
        heartbeatSeconds = heartbeat;
    }

    void opened(long now) {
        connectedAt = now;
    }

    void read(int octets) {
        tally.add(Counted.OCTETS_IN, octets);
        tally.add(Counted.PACKETS_IN, 1);
    }

    void channelOpened() {
        tally.add(Counted.CHANNEL_OPENED, 1);
    }

    void channelClosed(AmqpChannel channel) {
        tally.add(Counted.CHANNEL_CLOSED, 1);
        tally.add(channel.tally());
    }

    void addCounts(Channels channels, Tally into) {
        into.add(tally);
        channels.forEachOpen(channel -> into.add(channel.tally()));
        into.add(Counted.OCTETS_OUT, transport.outbox().sentBytes());
        into.add(Counted.PACKETS_OUT, transport.outbox().writes());
    }

    ConnectionReport report(Channels channels, boolean alarmed) {
        var counts = new Tally();
        addCounts(channels, counts);
        List<ChannelReport> reports = channels.reports();
        return new ConnectionReport(facts(), state(alarmed), transport.outbox().unsent(), counts.now(), reports);
    }

    // A connection that has published under an alarm is blocked; one that has not yet is going to be.
    private String state(boolean alarmed) {
        ReadGate gate = transport.readGate();
        if (gate.isClosedBy(ReadGate.Reason.ALARM)) {
            return "blocked";
        }
        if (alarmed) {
            return "blocking";
        }
        return gate.isClosedBy(ReadGate.Reason.BROKER_FULL) ? "flow" : "running";
    }

    private ConnectionFacts facts() {
        return new ConnectionFacts(
                "AMQP 0-9-1",
                ends(),
                encryption(),
                mechanism,
                clientProperties,
                frameMax,
                channelMax,
                heartbeatSeconds,
                connectedAt);
    }

    private ConnectionFacts.Ends ends() {
        SocketAddress local = transport.channel().localAddress();
        SocketAddress remote = transport.channel().remoteAddress();
        return new ConnectionFacts.Ends(host(local), port(local), host(remote), port(remote));
    }

    private static String host(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "unknown";
    }

    private static int port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    private ConnectionFacts.@Nullable Encryption encryption() {
        SSLSession session = transport.encryption().orElse(null);
        if (session == null) {
            return null;
        }
        return new ConnectionFacts.Encryption(
                session.getProtocol(),
                session.getCipherSuite(),
                transport.peerCertificate().map(ConnectionReporting::peer).orElse(null));
    }

    private static ConnectionFacts.Peer peer(X509Certificate certificate) {
        return new ConnectionFacts.Peer(
                certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(),
                certificate.getNotBefore().toInstant() + " - "
                        + certificate.getNotAfter().toInstant());
    }
}
