package io.posthorn.protocol.kafka;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/// What is known of a connection: for lists, for counts, and for Kafka's own classes. Confined to the
/// thread of its connection.
final class ConnectionReporting {
    private final Connection transport;
    private final InstantSource clock;
    private final Tally tally = new Tally();
    private ClientInformation software = ClientInformation.EMPTY;
    private KafkaPrincipal user = KafkaPrincipal.ANONYMOUS;
    private String mechanism = "";
    private String clientId = "";
    private long connectedAt;
    private long usedAt;

    ConnectionReporting(Connection transport, InstantSource clock) {
        this.transport = transport;
        this.clock = clock;
    }

    void introduced(String name, String version) {
        software = new ClientInformation(name, version);
    }

    /// @param by how it has said who it is: `PLAIN`; nothing where it has not
    void opened(String name, String by) {
        user = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, name);
        mechanism = by;
        connectedAt = clock.millis();
        tally.add(Counted.CHANNEL_OPENED, 1);
    }

    void read(int octets) {
        tally.add(Counted.OCTETS_IN, octets);
        tally.add(Counted.PACKETS_IN, 1);
        usedAt = clock.millis();
    }

    RequestContext context(RequestHeader header) {
        clientId = header.clientId();
        var protocol = mechanism.isEmpty()
                ? transport.isEncrypted() ? SecurityProtocol.SSL : SecurityProtocol.PLAINTEXT
                : transport.isEncrypted() ? SecurityProtocol.SASL_SSL : SecurityProtocol.SASL_PLAINTEXT;
        InetSocketAddress peer = peer();
        return new RequestContext(
                header,
                transport.name(),
                peer.getAddress(),
                Optional.of(peer.getPort()),
                user,
                ListenerName.forSecurityProtocol(protocol),
                protocol,
                software,
                false,
                Optional.empty());
    }

    private InetSocketAddress peer() {
        return transport.channel().remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    void addCounts(Tally into) {
        into.add(tally);
        into.add(Counted.OCTETS_OUT, transport.outbox().sentBytes());
        into.add(Counted.PACKETS_OUT, transport.outbox().writes());
    }

    ConnectionReport report(boolean alarmed) {
        var counts = new Tally();
        addCounts(counts);
        var channel =
                new ChannelReport(1, "running", 0, 0, false, false, 0, 0, 0, 0, usedAt, new Tally().now(), List.of());
        return new ConnectionReport(
                facts(), state(alarmed), transport.outbox().unsent(), counts.now(), List.of(channel));
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
        SocketAddress local = transport.channel().localAddress();
        SocketAddress remote = transport.channel().remoteAddress();
        return new ConnectionFacts(
                "Kafka",
                new ConnectionFacts.Ends(host(local), port(local), host(remote), port(remote)),
                encryption(),
                mechanism,
                new Arguments(Map.of(
                        "product", software.softwareName(),
                        "version", software.softwareVersion(),
                        "client_id", clientId)),
                0,
                1,
                0,
                connectedAt);
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
        return session == null
                ? null
                : new ConnectionFacts.Encryption(session.getProtocol(), session.getCipherSuite(), null);
    }
}
