package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.ArrayList;
import java.util.List;

/// The reports about the broker as a whole.
final class NodeStatus {
    private NodeStatus() {}

    static List<Json> listeners(Ctl ctl) {
        return ctl.get(api("overview")).get("listeners").elements();
    }

    static Json node(Ctl ctl) {
        return ctl.get(api("nodes")).elements().stream().findFirst().orElse(Json.NULL);
    }

    static List<String> alarms(Ctl ctl) {
        return alarms(node(ctl));
    }

    private static List<String> alarms(Json node) {
        var on = new ArrayList<String>();
        if (node.isTrue("mem_alarm")) {
            on.add("Memory");
        }
        if (node.isTrue("disk_free_alarm")) {
            on.add("Free disk space");
        }
        return on;
    }

    static void printListeners(Ctl ctl) {
        listeners(ctl).forEach(listener -> ctl.say(line(listener)));
    }

    private static String line(Json listener) {
        return "Interface: %s, port: %s, protocol: %s, purpose: %s"
                .formatted(
                        listener.text("ip_address"),
                        listener.text("port"),
                        listener.text("protocol"),
                        purpose(listener.text("protocol")));
    }

    private static String purpose(String protocol) {
        return switch (protocol) {
            case "amqp" -> "AMQP 0-9-1";
            case "amqp/ssl", "amqps" -> "AMQP 0-9-1 over TLS";
            case "kafka" -> "Kafka";
            case "kafka/ssl" -> "Kafka over TLS";
            case "http" -> "HTTP API";
            case "https" -> "HTTP API over TLS";
            default -> protocol;
        };
    }

    static void print(Ctl ctl) {
        Json overview = ctl.get(api("overview"));
        Json node = node(ctl);
        if (ctl.formatter() == Formatter.JSON) {
            ctl.say(json(ctl, overview, node).write());
            return;
        }
        section(
                ctl,
                "Runtime",
                List.of(
                        "OS PID: " + node.text("os_pid"),
                        "Uptime (seconds): " + node.number("uptime") / 1_000,
                        "Is under maintenance?: false",
                        "RabbitMQ version: " + overview.text("rabbitmq_version"),
                        "Product: %s %s".formatted(overview.text("product_name"), overview.text("product_version")),
                        "Node name: " + overview.text("node")));
        List<String> alarms = alarms(node);
        section(ctl, "Alarms", alarms.isEmpty() ? List.of("(none)") : alarms);
        section(
                ctl,
                "Memory",
                List.of(
                        "Total memory used: " + gigabytes(node.number("mem_used")),
                        "Memory high watermark setting: computed to: " + gigabytes(node.number("mem_limit"))));
        section(
                ctl,
                "Free Disk Space",
                List.of(
                        "Low free disk space watermark: " + gigabytes(node.number("disk_free_limit")),
                        "Free disk space: " + gigabytes(node.number("disk_free"))));
        Json totals = overview.get("object_totals");
        section(
                ctl,
                "Totals",
                List.of(
                        "Connection count: " + totals.number("connections"),
                        "Queue count: " + totals.number("queues"),
                        "Virtual host count: "
                                + ctl.get(api("vhosts")).elements().size()));
        section(ctl, "Listeners", listeners(ctl).stream().map(NodeStatus::line).toList());
    }

    private static void section(Ctl ctl, String title, List<String> lines) {
        ctl.say("\033[1m" + title + "\033[0m\n");
        lines.forEach(ctl::say);
        ctl.say("");
    }

    private static String gigabytes(long bytes) {
        double gigabytes = Math.round(bytes / 1e9 * 10_000) / 10_000.0;
        return gigabytes + " gb";
    }

    private static Json json(Ctl ctl, Json overview, Json node) {
        Json totals = overview.get("object_totals");
        return Json.object()
                .with("alarms", Json.texts(alarms(node)))
                .with("disk_free", node.get("disk_free"))
                .with("disk_free_limit", node.get("disk_free_limit"))
                .with("is_under_maintenance", false)
                .with("listeners", Json.array(listeners(ctl)))
                .with("pid", node.get("os_pid"))
                .with("product_name", overview.get("product_name"))
                .with("product_version", overview.get("product_version"))
                .with("rabbitmq_version", overview.get("rabbitmq_version"))
                .with(
                        "totals",
                        Json.object()
                                .with(
                                        "virtual_host_count",
                                        ctl.get(api("vhosts")).elements().size())
                                .with("connection_count", totals.number("connections"))
                                .with("queue_count", totals.number("queues"))
                                .build())
                .with("uptime", node.number("uptime") / 1_000)
                .with("vm_memory_high_watermark_limit", node.get("mem_limit"))
                .build();
    }

    static void printCluster(Ctl ctl) {
        Json overview = ctl.get(api("overview"));
        String node = overview.text("node");
        if (ctl.formatter() == Formatter.JSON) {
            ctl.say(Json.object()
                    .with("alarms", Json.texts(alarms(ctl)))
                    .with("cluster_name", overview.get("cluster_name"))
                    .with("disk_nodes", Json.texts(List.of(node)))
                    .with(
                            "listeners",
                            Json.object().with(node, Json.array(listeners(ctl))).build())
                    .with("partitions", Json.object().build())
                    .with("ram_nodes", Json.array(List.of()))
                    .with("running_nodes", Json.texts(List.of(node)))
                    .build()
                    .write());
            return;
        }
        section(ctl, "Basics", List.of("Cluster name: " + overview.text("cluster_name")));
        section(ctl, "Disk Nodes", List.of(node));
        section(ctl, "Running Nodes", List.of(node));
        section(ctl, "Versions", List.of("%s: RabbitMQ %s".formatted(node, overview.text("rabbitmq_version"))));
        List<String> alarms = alarms(ctl);
        section(ctl, "Alarms", alarms.isEmpty() ? List.of("(none)") : alarms);
        section(ctl, "Network Partitions", List.of("(none)"));
        section(
                ctl,
                "Listeners",
                listeners(ctl).stream()
                        .map(listener -> "Node: " + node + ", " + line(listener).replaceFirst("Interface", "interface"))
                        .toList());
    }
}
