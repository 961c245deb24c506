package io.posthorn.console.api;

import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.Fields.Missing;
import io.posthorn.console.rates.MessageRates;
import io.posthorn.console.rates.NamedChannel;
import io.posthorn.console.rates.Watched;
import io.posthorn.console.rates.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is said of channels and consumers, by RabbitMQ's names.
final class ChannelMembers {
    private ChannelMembers() {}

    /// A consumer, and where it is.
    record NamedConsumer(NamedChannel channel, ConsumerReport report) {}

    static List<NamedConsumer> consumers(NamedChannel channel) {
        return channel.report().consumers().stream()
                .map(each -> new NamedConsumer(channel, each))
                .toList();
    }

    /// @param trends how their messages have moved
    /// @param window which part of the past is wanted; null for none
    static Fields<NamedChannel> fields(String node, Watched<NamedChannel> trends, long now, @Nullable Window window) {
        var fields = new Fields<NamedChannel>()
                .with("name", NamedChannel::name)
                .with("number", said(ChannelReport::number))
                .with("node", _ -> node)
                .with("vhost", each -> each.connection().virtualHost())
                .with("user", each -> each.connection().user())
                .with("user_who_performed_action", each -> each.connection().user())
                .with("connection_details", each -> connection(each.connection()))
                .with("state", said(ChannelReport::state))
                .with("confirm", said(ChannelReport::confirms))
                .with("transactional", said(ChannelReport::transactional))
                .with("consumer_count", said(report -> report.consumers().size()))
                .with("prefetch_count", said(ChannelReport::prefetch))
                .with("global_prefetch_count", said(ChannelReport::sharedPrefetch))
                .with("messages_unacknowledged", said(ChannelReport::unsettled))
                .with("messages_unconfirmed", said(ChannelReport::unconfirmed))
                .with("messages_uncommitted", said(ChannelReport::uncommitted))
                .with("acks_uncommitted", said(ChannelReport::acksUncommitted));
        fields.with(
                "idle_since",
                each -> now - each.report().usedAt() < IDLE
                        ? Missing.MISSING
                        : Moments.text(each.report().usedAt()));
        fields.with("message_stats", each -> {
            Counts counts = each.report().counts();
            return counts.equals(Counts.NONE)
                    ? Missing.MISSING
                    : RateMembers.messages(counts, MessageRates.OF_CHANNELS, trends.trend(each, now), window);
        });
        return fields;
    }

    private static final long IDLE = 5_000;

    private static Function<NamedChannel, @Nullable Object> said(Function<ChannelReport, @Nullable Object> what) {
        return each -> what.apply(each.report());
    }

    private static Map<String, Object> connection(ConnectionStatistics connection) {
        var members = new LinkedHashMap<String, Object>();
        members.put("name", connection.name());
        members.put("peer_host", connection.report().facts().ends().peerHost());
        members.put("peer_port", connection.report().facts().ends().peerPort());
        return members;
    }

    static Fields<NamedConsumer> consumerFields(String node) {
        return new Fields<NamedConsumer>()
                .with("consumer_tag", each -> each.report().tag())
                .with(
                        "queue",
                        each -> Map.of(
                                "name",
                                each.report().queue(),
                                "vhost",
                                each.channel().connection().virtualHost()))
                .with("channel_details", each -> channel(node, each.channel()))
                .with("ack_required", each -> each.report().ackRequired())
                .with("exclusive", each -> each.report().exclusive())
                .with("prefetch_count", each -> each.report().prefetch())
                .with("active", each -> each.report().active())
                .with("activity_status", each -> activity(each.report()))
                .with("arguments", each -> ArgumentMembers.of(each.report().arguments()));
    }

    // RabbitMQ says so of consumers behind a single active one.
    private static String activity(ConsumerReport report) {
        return report.active() ? "up" : "waiting";
    }

    private static Map<String, Object> channel(String node, NamedChannel channel) {
        var members = new LinkedHashMap<String, Object>();
        members.put("name", channel.name());
        members.put("number", channel.report().number());
        members.put("node", node);
        members.put("user", channel.connection().user());
        members.put("connection_name", channel.connection().name());
        members.put("peer_host", channel.connection().report().facts().ends().peerHost());
        members.put("peer_port", channel.connection().report().facts().ends().peerPort());
        return members;
    }
}
