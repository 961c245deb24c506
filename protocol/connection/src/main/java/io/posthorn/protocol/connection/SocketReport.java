package io.posthorn.protocol.connection;

import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What is told of a connection whatever is spoken over it: where it comes from, what came in and went out, whether it
/// is held up. Confined to the thread of its connection.
public final class SocketReport {
    private final Connection transport;

    /// What came in, and whatever else the protocol counts.
    private final Tally tally = new Tally();

    public SocketReport(Connection transport) {
        this.transport = transport;
    }

    public Tally tally() {
        return tally;
    }

    public void read(int octets) {
        tally.add(Counted.OCTETS_IN, octets);
        tally.add(Counted.PACKETS_IN, 1);
    }

    public void addCounts(Tally into) {
        into.add(tally);
        into.add(Counted.OCTETS_OUT, transport.outbox().sentBytes());
        into.add(Counted.PACKETS_OUT, transport.outbox().writes());
    }

    /// Bytes that the peer has not taken yet.
    public long unsent() {
        return transport.outbox().unsent();
    }

    /// In RabbitMQ's words. A connection that has published under an alarm is blocked; one that has not yet is going
    /// to be.
    public String state(boolean alarmed) {
        ReadGate gate = transport.readGate();
        if (gate.isClosedBy(ReadGate.Reason.ALARM)) {
            return "blocked";
        }
        if (alarmed) {
            return "blocking";
        }
        return gate.isClosedBy(ReadGate.Reason.BROKER_FULL) ? "flow" : "running";
    }

    public ConnectionFacts.Ends ends() {
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

    /// Null for a connection in the clear.
    public ConnectionFacts.@Nullable Encryption encryption() {
        SSLSession session = transport.encryption().orElse(null);
        if (session == null) {
            return null;
        }
        return new ConnectionFacts.Encryption(
                session.getProtocol(),
                session.getCipherSuite(),
                transport.peerCertificate().map(SocketReport::peer).orElse(null));
    }

    private static ConnectionFacts.Peer peer(X509Certificate certificate) {
        return new ConnectionFacts.Peer(
                certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(),
                certificate.getNotBefore().toInstant() + " - "
                        + certificate.getNotAfter().toInstant());
    }
}
