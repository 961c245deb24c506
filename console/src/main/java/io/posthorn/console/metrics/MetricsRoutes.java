package io.posthorn.console.metrics;

import io.posthorn.broker.Broker;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.console.Answers;
import io.posthorn.console.Node;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// What Prometheus collects.
public final class MetricsRoutes {
    private static final String PLAIN = "rabbitmq_";
    private static final String DETAILED = "rabbitmq_detailed_";

    private final Broker broker;
    private final Node node;
    private final InstantSource clock;

    private MetricsRoutes(Broker broker, Node node, InstantSource clock) {
        this.broker = broker;
        this.node = node;
        this.clock = clock;
    }

    public static List<Route> routes(Broker broker, Node node, InstantSource clock) {
        var metrics = new MetricsRoutes(broker, node, clock);
        return List.of(
                Route.get("/metrics", node.probes(), metrics::all).says("The whole broker, for Prometheus."),
                Route.get("/metrics/per-object", node.probes(), metrics::perObject)
                        .says("The same, with queues, connections and channels one by one."),
                Route.get("/metrics/detailed", node.probes(), metrics::detailed)
                        .says("Queues, connections or channels one by one.")
                        .query("family", "string", "which metrics; several, with commas or by repetition")
                        .query("vhost", "string", "only queues of these virtual hosts"));
    }

    private static Answer text(Consumer<MetricsWriter> content) {
        return new Answer(200, Map.of(), MetricsWriter.CONTENT_TYPE, stream -> {
            var out = new MetricsWriter(stream);
            content.accept(out);
            out.flush();
        });
    }

    private Answer all(Request request) throws TimeoutException {
        Totals totals = Answers.await(broker.statistics()::totals);
        return text(out -> writeBroker(out, totals));
    }

    private void writeBroker(MetricsWriter out, Totals totals) {
        new BrokerMetrics(out, node, broker.statistics().logins().byProtocol())
                .write(totals, broker.status(), broker.alarms(), broker.isInService(), clock.millis());
    }

    private List<QueueStatistics> queues() throws TimeoutException {
        return Answers.await(reply -> broker.statistics().queues(null, reply));
    }

    private List<ConnectionStatistics> connections() throws TimeoutException {
        return Answers.await(broker.statistics()::connections);
    }

    private Answer perObject(Request request) throws TimeoutException {
        Totals totals = Answers.await(broker.statistics()::totals);
        List<QueueStatistics> queues = queues();
        List<ConnectionStatistics> connections = connections();
        return text(out -> {
            new BrokerMetrics(out, node, broker.statistics().logins().byProtocol())
                    .withoutObjects(totals, broker.status(), broker.alarms(), broker.isInService(), clock.millis());
            QueueMetrics perQueue = QueueMetrics.of(out, PLAIN, queues, clock.millis());
            perQueue.lengths();
            perQueue.consumers();
            perQueue.messages();
            perQueue.deliveries();
            perQueue.ours();
            var perConnection = new ConnectionMetrics(out, PLAIN, connections);
            perConnection.connections();
            perConnection.channels();
        });
    }

    private Answer detailed(Request request) throws TimeoutException {
        Set<String> families = words(request.query("family"));
        Set<String> hosts = words(request.query("vhost"));
        List<QueueStatistics> queues = families.stream().anyMatch(each -> each.startsWith("queue_"))
                ? queues().stream()
                        .filter(each ->
                                hosts.isEmpty() || hosts.contains(each.queue().virtualHost()))
                        .toList()
                : List.of();
        List<ConnectionStatistics> connections =
                families.stream().anyMatch(each -> each.startsWith("connection_") || each.startsWith("channel_"))
                        ? connections()
                        : List.of();
        return text(out -> {
            QueueMetrics perQueue = QueueMetrics.of(out, DETAILED, queues, clock.millis());
            var perConnection = new ConnectionMetrics(out, DETAILED, connections);
            families.forEach(family -> write(family, perQueue, perConnection));
        });
    }

    // A family of RabbitMQ that there is nothing of here is left out, as it leaves out what it does not know.
    private static void write(String family, QueueMetrics perQueue, ConnectionMetrics perConnection) {
        switch (family) {
            case "queue_coarse_metrics" -> perQueue.lengths();
            case "queue_consumer_count" -> perQueue.consumers();
            case "queue_metrics" -> {
                perQueue.messages();
                perQueue.ours();
            }
            case "queue_delivery_metrics" -> perQueue.deliveries();
            case "connection_metrics" -> perConnection.connections();
            case "channel_metrics" -> perConnection.channels();
            default -> {}
        }
    }

    private static Set<String> words(Optional<String> text) {
        var words = new TreeSet<String>();
        text.ifPresent(all -> words.addAll(List.of(all.split(",", -1))));
        words.remove("");
        // Of connections there is one family here.
        if (words.remove("connection_coarse_metrics")) {
            words.add("connection_metrics");
        }
        return words;
    }
}
