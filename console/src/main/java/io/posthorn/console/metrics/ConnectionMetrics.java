package io.posthorn.console.metrics;

import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.console.metrics.MetricsWriter.Labelled;
import io.posthorn.console.rates.NamedChannel;
import java.util.List;

/// The metrics of connections and channels, each by itself.
///
/// @param prefix `rabbitmq_`, or `rabbitmq_detailed_` where RabbitMQ has it
record ConnectionMetrics(MetricsWriter out, String prefix, List<ConnectionStatistics> all) {
    void connections() {
        List<Labelled<ConnectionStatistics>> connections = all.stream()
                .map(each -> new Labelled<>(Labels.of("connection", each.name()), each))
                .toList();
        out.gauge(prefix + "connection_channels", "Channels on a connection")
                .each(connections, each -> each.report().channels().size());
        octets(connections);
    }

    private void octets(List<Labelled<ConnectionStatistics>> connections) {
        out.counter(prefix + "connection_incoming_bytes_total", "Total number of bytes received on a connection")
                .each(connections, each -> each.report().counts().of(Counted.OCTETS_IN));
        out.counter(prefix + "connection_outgoing_bytes_total", "Total number of bytes sent on a connection")
                .each(connections, each -> each.report().counts().of(Counted.OCTETS_OUT));
    }

    void channels() {
        List<Labelled<ChannelReport>> channels = NamedChannel.of(all).stream()
                .map(each -> new Labelled<>(Labels.of("channel", each.name()), each.report()))
                .toList();
        out.gauge(prefix + "channel_consumers", "Consumers on a channel")
                .each(channels, each -> each.consumers().size());
        out.gauge(prefix + "channel_messages_unacked", "Delivered but not yet acknowledged messages")
                .each(channels, ChannelReport::unsettled);
        out.gauge(prefix + "channel_messages_unconfirmed", "Published but not yet confirmed messages")
                .each(channels, ChannelReport::unconfirmed);
        out.gauge(prefix + "channel_messages_uncommitted", "Messages received in a transaction but not yet committed")
                .each(channels, ChannelReport::uncommitted);
        out.gauge(prefix + "channel_acks_uncommitted", "Message acknowledgements in a transaction not yet committed")
                .each(channels, ChannelReport::acksUncommitted);
        out.gauge(prefix + "channel_prefetch", "Total limit of unacknowledged messages for all consumers on a channel")
                .each(channels, ChannelReport::sharedPrefetch);
    }
}
