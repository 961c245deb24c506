package io.posthorn.console.api;

import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.Node;
import io.posthorn.console.definitions.ClusterName;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.console.rates.MessageRates;
import io.posthorn.console.rates.Trend;
import io.posthorn.console.rates.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The whole broker on one page.
final class OverviewRoutes {
    private final Observed observed;
    private final Node node;

    private OverviewRoutes(Observed observed) {
        this.observed = observed;
        this.node = observed.node();
    }

    static List<Route> routes(Observed observed) {
        var overview = new OverviewRoutes(observed);
        return List.of(Route.get("/api/overview", Access.MANAGEMENT, overview::overview)
                .says("The whole broker: versions, totals, rates, listeners."));
    }

    /// One look at everything, for one who may see so much of it.
    ///
    /// @param lengths which part of the past is wanted of the lengths of queues
    /// @param messages which of the rates of messages
    private record Look(
            Sight sight,
            Totals totals,
            Trend trend,
            List<QueueStatistics> theirQueues,
            @Nullable Window lengths,
            @Nullable Window messages) {}

    private Answer overview(Request request) throws TimeoutException {
        Sight sight = Sight.of(request, observed.broker().administration().current());
        var seen = observed.totals();
        Totals totals = seen.all().getFirst();
        List<QueueStatistics> queues = sight.isMonitor()
                ? List.of()
                : observed.queuesOf(null).stream()
                        .filter(each -> sight.sees(each.queue().virtualHost()))
                        .toList();
        var look = new Look(
                sight,
                totals,
                seen.trends().trend(totals, observed.now()),
                queues,
                RateMembers.window(request, "lengths"),
                RateMembers.window(request, "msg_rates"));
        return (sight.isMonitor() ? whole() : part()).one(request, look);
    }

    private Fields<Look> identity() {
        Node.Identity identity = node.identity();
        return new Fields<Look>()
                .with("management_version", _ -> identity.rabbitVersion())
                .with("rates_mode", _ -> "basic")
                .with("sample_retention_policies", _ -> Map.of("global", List.of(3600), "basic", List.of(600)))
                .with("exchange_types", _ -> ServedTypes.EXCHANGES)
                .with("product_name", _ -> identity.product())
                .with("product_version", _ -> identity.productVersion())
                .with("rabbitmq_version", _ -> identity.rabbitVersion())
                .with(
                        "cluster_name",
                        _ -> ClusterName.of(
                                observed.broker().administration().current(),
                                observed.node().name()))
                .with("erlang_version", _ -> "none")
                .with("erlang_full_version", _ -> "none: Java " + Runtime.version())
                .with("release_series_support_status", _ -> "supported")
                .with("disable_stats", _ -> false)
                .with("enable_queue_totals", _ -> false)
                .with("is_op_policy_updating_enabled", _ -> true)
                .with("node", _ -> node.name());
    }

    private Fields<Look> whole() {
        return identity()
                .with(
                        "message_stats",
                        look -> RateMembers.messages(
                                MessageRates.ofAll(look.totals), MessageRates.OF_CHANNELS, look.trend, look.messages))
                .with("churn_rates", OverviewRoutes::churn)
                .with("queue_totals", OverviewRoutes::lengths)
                .with("object_totals", OverviewRoutes::objects)
                .with("statistics_db_event_queue", _ -> 0)
                .with("listeners", _ -> listeners())
                .with("contexts", _ -> contexts(node));
    }

    /// For one who sees some virtual hosts only.
    private Fields<Look> part() {
        return identity()
                .with("queue_totals", look -> lengths(look.theirQueues))
                .with("object_totals", OverviewRoutes::objects);
    }

    private static Map<String, Object> churn(Look look) {
        var members = new LinkedHashMap<String, Object>();
        for (NodeRoutes.Churn each : NodeRoutes.Churn.values()) {
            RateMembers.put(members, each.text(), each.of(look.totals), look.trend, look.messages);
        }
        return members;
    }

    private static Map<String, Object> lengths(Look look) {
        Totals totals = look.totals;
        var members = new LinkedHashMap<String, Object>();
        RateMembers.put(members, "messages", totals.ready() + totals.unsettled(), look.trend, look.lengths);
        RateMembers.put(members, "messages_ready", totals.ready(), look.trend, look.lengths);
        RateMembers.put(members, "messages_unacknowledged", totals.unsettled(), look.trend, look.lengths);
        return members;
    }

    private static Map<String, Object> lengths(List<QueueStatistics> queues) {
        long ready = queues.stream().mapToLong(QueueStatistics::ready).sum();
        long unsettled = queues.stream().mapToLong(QueueStatistics::unsettled).sum();
        var members = new LinkedHashMap<String, Object>();
        members.put("messages", ready + unsettled);
        members.put("messages_ready", ready);
        members.put("messages_unacknowledged", unsettled);
        return members;
    }

    private static Map<String, Object> objects(Look look) {
        Topology topology = look.sight.topology();
        List<VirtualHost> seen = topology.virtualHosts().values().stream()
                .filter(host -> look.sight.knows(host.name()))
                .toList();
        var members = new LinkedHashMap<String, Object>();
        if (look.sight.isMonitor()) {
            members.put("channels", look.totals.openChannels());
            members.put("connections", look.totals.openConnections());
            members.put("consumers", look.totals.consumers());
        }
        members.put(
                "exchanges", seen.stream().mapToInt(VirtualHost::exchangeCount).sum());
        members.put(
                "queues", seen.stream().mapToInt(host -> host.queues().size()).sum());
        return members;
    }

    private List<Map<String, Object>> listeners() {
        return node.listeners().get().stream()
                .map(each -> listener(node.name(), each))
                .toList();
    }

    private static Map<String, Object> listener(String node, Node.Listening listening) {
        var members = new LinkedHashMap<String, Object>();
        members.put("node", node);
        members.put("protocol", listening.protocol());
        members.put("ip_address", host(listening));
        members.put("port", listening.address().getPort());
        members.put("tls", listening.encrypted());
        members.put("socket_opts", Map.of());
        return members;
    }

    private static String host(Node.Listening listening) {
        return listening.address().getAddress().getHostAddress();
    }

    /// Where the management API is.
    static List<Map<String, Object>> contexts(Node node) {
        return node.listeners().get().stream()
                .filter(each -> each.protocol().startsWith("http"))
                .map(each -> context(node.name(), each))
                .toList();
    }

    private static Map<String, Object> context(String node, Node.Listening listening) {
        var members = new LinkedHashMap<String, Object>();
        members.put("node", node);
        members.put("description", "RabbitMQ Management");
        members.put("path", "/");
        members.put("ip", host(listening));
        members.put("port", String.valueOf(listening.address().getPort()));
        members.put("ssl_opts", List.of());
        return members;
    }
}
