package io.posthorn.console.rates;

import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionStatistics;
import java.util.ArrayList;
import java.util.List;

/// A channel of some connection.
public record NamedChannel(ConnectionStatistics connection, ChannelReport report) {
    /// As RabbitMQ names channels: `127.0.0.1:50123 -> 127.0.0.1:5672 (1)`.
    public String name() {
        return connection.name() + " (" + report.number() + ")";
    }

    public static List<NamedChannel> of(List<ConnectionStatistics> connections) {
        var channels = new ArrayList<NamedChannel>();
        for (ConnectionStatistics connection : connections) {
            connection.report().channels().forEach(each -> channels.add(new NamedChannel(connection, each)));
        }
        return channels;
    }
}
