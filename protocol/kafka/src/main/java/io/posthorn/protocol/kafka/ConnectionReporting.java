package io.posthorn.protocol.kafka;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.protocol.connection.SocketReport;
import io.posthorn.transport.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// What is known of a connection: for lists, for counts, and for Kafka's own classes. Confined to the
/// thread of its connection.
final class ConnectionReporting {
    private final Connection transport;
    private final InstantSource clock;
    private final SocketReport socket;
    private ClientInformation software = ClientInformation.EMPTY;
    private KafkaPrincipal user = KafkaPrincipal.ANONYMOUS;
    private String mechanism = "";
    private String clientId = "";
    private Supplier<List<ConsumerReport>> consumers = List::of;
    private long connectedAt;
    private long usedAt;

    ConnectionReporting(Connection transport, InstantSource clock) {
        this.transport = transport;
        this.socket = new SocketReport(transport);
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
        socket.tally().add(Counted.CHANNEL_OPENED, 1);
    }

    void consumers(Supplier<List<ConsumerReport>> who) {
        consumers = who;
    }

    void read(int octets) {
        socket.read(octets);
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
        socket.addCounts(into);
    }

    ConnectionReport report(boolean alarmed) {
        var counts = new Tally();
        addCounts(counts);
        var channel = new ChannelReport(
                1, "running", 0, 0, false, false, 0, 0, 0, 0, usedAt, new Tally().now(), consumers.get());
        return new ConnectionReport(facts(), socket.state(alarmed), socket.unsent(), counts.now(), List.of(channel));
    }

    private ConnectionFacts facts() {
        return new ConnectionFacts(
                "Kafka",
                socket.ends(),
                socket.encryption(),
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
}
