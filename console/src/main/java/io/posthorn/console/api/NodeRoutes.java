package io.posthorn.console.api;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerStatus;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.console.Node;
import io.posthorn.console.ProcessFigures;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.console.rates.Trend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/// The node: what it has of memory, disk and descriptors.
final class NodeRoutes {
    private final Observed observed;
    private final Node node;

    private NodeRoutes(Observed observed) {
        this.observed = observed;
        this.node = observed.node();
    }

    static List<Route> routes(Observed observed) {
        var nodes = new NodeRoutes(observed);
        return List.of(
                Route.get("/api/nodes", Access.MONITORING, nodes::list).says("The nodes of the cluster: this one."),
                Route.get("/api/nodes/{name}", Access.MONITORING, nodes::one).says("One node."),
                Route.get("/api/nodes/{name}/memory", Access.MONITORING, nodes::memory)
                        .says("What memory a node has taken for what."));
    }

    /// @param trends how it has moved
    private record Look(BrokerStatus status, Totals totals, Trend trend) {}

    private Look look() throws TimeoutException {
        var seen = observed.totals();
        Totals totals = seen.all().getFirst();
        return new Look(observed.broker().status(), totals, seen.trends().trend(totals, observed.now()));
    }

    private Answer list(Request request) throws TimeoutException {
        return fields().list(request, List.of(look()));
    }

    private Answer one(Request request) throws TimeoutException {
        check(request);
        return fields().one(request, look());
    }

    private void check(Request request) {
        if (!request.segment("name").equals(node.name())) {
            throw HttpFailure.notFound();
        }
    }

    private Fields<Look> fields() {
        var fields = new Fields<Look>()
                .with("name", _ -> node.name())
                .with("type", _ -> "disc")
                .with("running", _ -> true)
                .with("being_drained", _ -> false)
                .with("uptime", _ -> observed.now() - node.startedAt().toEpochMilli())
                .with("os_pid", _ -> String.valueOf(ProcessHandle.current().pid()))
                .with("processors", _ -> Runtime.getRuntime().availableProcessors())
                .with("rates_mode", _ -> "basic")
                .with("net_ticktime", _ -> 60)
                .with("partitions", _ -> List.of())
                .with("cluster_links", _ -> List.of())
                .with("enabled_plugins", _ -> List.of("rabbitmq_management", "rabbitmq_prometheus"))
                .with("exchange_types", _ -> ServedTypes.EXCHANGES)
                .with("auth_mechanisms", _ -> ServedTypes.MECHANISMS)
                .with("applications", _ -> applications())
                .with("contexts", _ -> OverviewRoutes.contexts(node))
                .with("log_files", _ -> List.of("<stdout>"))
                .with("config_files", _ -> List.of())
                .with("db_dir", _ -> node.directory().map(Object::toString).orElse("memory"));
        resources(fields);
        disk(fields);
        churn(fields);
        return fields;
    }

    private List<Map<String, String>> applications() {
        return List.of(Map.of(
                "name",
                "rabbit",
                "description",
                node.identity().product(),
                "version",
                node.identity().rabbitVersion()));
    }

    private void resources(Fields<Look> fields) {
        fields.with("mem_used", look -> look.status.heldBytes())
                .with("mem_limit", _ -> node.limits().memoryBytes())
                .with("mem_alarm", _ -> isOn(Alarm.MEMORY))
                .with("mem_calculation_strategy", _ -> "held")
                .with("fd_used", _ -> ProcessFigures.openFiles())
                .with("fd_total", _ -> ProcessFigures.mostFiles())
                .with("sockets_used", look -> look.totals.openConnections())
                .with("sockets_total", _ -> node.limits().connections())
                .with("proc_used", _ -> ProcessFigures.threads())
                .with("proc_total", _ -> 1_048_576)
                .with("run_queue", _ -> 0)
                .with("gc_num", _ -> ProcessFigures.collections());
    }

    private void disk(Fields<Look> fields) {
        fields.with("disk_free", look -> ofDisk(look.status.storage().freeBytes()))
                .with("disk_free_limit", _ -> node.limits().freeDiskBytes())
                .with("disk_free_alarm", _ -> isOn(Alarm.DISK))
                .with("io_write_bytes", look -> look.status.storage().appendedBytes())
                .with("io_sync_count", look -> look.status.storage().syncs());
    }

    // In memory there is no disk to be full.
    private static Object ofDisk(long free) {
        return free == Long.MAX_VALUE ? "NaN" : (Object) free;
    }

    private boolean isOn(Alarm alarm) {
        return observed.broker().alarms().contains(alarm);
    }

    private static void churn(Fields<Look> fields) {
        for (Churn each : Churn.values()) {
            fields.with(each.text(), look -> each.of(look.totals))
                    .with(each.text() + "_details", look -> look.trend.details(each.text(), null));
        }
    }

    /// What comes and goes, by RabbitMQ's names.
    enum Churn {
        CONNECTION_CREATED("connection_created"),
        CONNECTION_CLOSED("connection_closed"),
        CHANNEL_CREATED("channel_created"),
        CHANNEL_CLOSED("channel_closed"),
        QUEUE_DECLARED("queue_declared"),
        QUEUE_CREATED("queue_created"),
        QUEUE_DELETED("queue_deleted");

        private final String text;

        Churn(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        long of(Totals totals) {
            return switch (this) {
                case CONNECTION_CREATED -> totals.connectionsOpened();
                case CONNECTION_CLOSED -> totals.connectionsClosed();
                case CHANNEL_CREATED -> totals.connections().of(Counted.CHANNEL_OPENED);
                case CHANNEL_CLOSED -> totals.connections().of(Counted.CHANNEL_CLOSED);
                case QUEUE_DECLARED -> totals.queuesDeclared();
                case QUEUE_CREATED -> totals.queuesCreated();
                case QUEUE_DELETED -> totals.queuesDeleted();
            };
        }
    }

    private Answer memory(Request request) {
        check(request);
        BrokerStatus status = observed.broker().status();
        long rss = ProcessFigures.residentBytes();
        var members = new LinkedHashMap<String, Object>();
        members.put("messages_in_memory", status.heldBytes());
        members.put("journal_tail", status.storage().tailBytes());
        members.put("heap_used", ProcessFigures.heapUsed());
        members.put("heap_committed", ProcessFigures.heapCommitted());
        members.put("not_heap", ProcessFigures.notHeap());
        members.put("strategy", "rss");
        members.put("total", Map.of("rss", rss, "allocated", ProcessFigures.heapCommitted(), "erlang", rss));
        return Answer.json(Map.of("memory", members));
    }
}
