package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.protocol.connection.SocketReport;
import io.posthorn.transport.Connection;
import java.util.List;

/// What lists show of one connection, and what it counts. Confined to the thread of its connection.
final class ConnectionReporting {
    /// With what belongs to no open channel.
    private final SocketReport socket;

    private String mechanism = "";
    private Arguments clientProperties = Arguments.NONE;
    private int frameMax;
    private int channelMax;
    private int heartbeatSeconds;
    private long connectedAt;

    ConnectionReporting(Connection transport) {
        socket = new SocketReport(transport);
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
        socket.read(octets);
    }

    void channelOpened() {
        socket.tally().add(Counted.CHANNEL_OPENED, 1);
    }

    void channelClosed(AmqpChannel channel) {
        socket.tally().add(Counted.CHANNEL_CLOSED, 1);
        socket.tally().add(channel.tally());
    }

    void addCounts(Channels channels, Tally into) {
        socket.addCounts(into);
        channels.forEachOpen(channel -> into.add(channel.tally()));
    }

    ConnectionReport report(Channels channels, boolean alarmed) {
        var counts = new Tally();
        addCounts(channels, counts);
        List<ChannelReport> reports = channels.reports();
        return new ConnectionReport(facts(), socket.state(alarmed), socket.unsent(), counts.now(), reports);
    }

    private ConnectionFacts facts() {
        return new ConnectionFacts(
                "AMQP 0-9-1",
                socket.ends(),
                socket.encryption(),
                mechanism,
                clientProperties,
                frameMax,
                channelMax,
                heartbeatSeconds,
                connectedAt);
    }
}
