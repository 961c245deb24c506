package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;
import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The broker as a whole: stopped and started, its alarms and thresholds, whether it is well.
final class NodeCommands {
    static final List<String> NAMES = List.of(
            "start_app",
            "stop_app",
            "reset",
            "force_reset",
            "status",
            "cluster_status",
            "ping",
            "version",
            "server_version",
            "await_startup",
            "await_online_nodes",
            "is_running",
            "is_booting",
            "node_health_check",
            "check_running",
            "check_alarms",
            "check_local_alarms",
            "check_port_connectivity",
            "check_port_listener",
            "check_protocol_listener",
            "check_virtual_hosts",
            "alarms",
            "listeners",
            "set_vm_memory_high_watermark",
            "set_disk_free_limit",
            "set_cluster_name",
            "list_feature_flags",
            "enable_feature_flag");

    private static final String DEPRECATED = """
            This command is DEPRECATED and will be removed in a future version.
            It performs intrusive, opinionated health checks and requires a fully booted node.
            Use one of the options covered in https://www.rabbitmq.com/monitoring.html#health-checks instead.
            """;

    private static final Map<String, Double> UNITS = Map.ofEntries(
            Map.entry("", 1.0),
            Map.entry("k", 1024.0),
            Map.entry("kib", 1024.0),
            Map.entry("kb", 1e3),
            Map.entry("m", 1048576.0),
            Map.entry("mib", 1048576.0),
            Map.entry("mb", 1e6),
            Map.entry("g", 1073741824.0),
            Map.entry("gib", 1073741824.0),
            Map.entry("gb", 1e9));

    private NodeCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "start_app" ->
                asks("Starting node %s ...").does(ctl -> ctl.change("POST", v1("broker", "start"), nothing()));
            case "stop_app" ->
                asks("Stopping rabbit application on node %s ...")
                        .does(ctl -> ctl.change("POST", v1("broker", "stop"), nothing()));
            case "reset", "force_reset" -> asks("Resetting node %s ...").does(NodeCommands::reset);
            case "status" -> asks("Status of node %s ...").does(NodeStatus::print);
            case "cluster_status" -> asks("Cluster status of node %s ...").does(NodeStatus::printCluster);
            case "ping" ->
                asks("Will ping %s. This only checks if the OS process is running and registered with epmd. Timeout: 60000 ms.")
                        .does(ctl -> {
                            ctl.send("GET", v1("broker"), null);
                            ctl.say("Ping succeeded");
                        });
            case "version" -> CtlCommand.takesNothing().does(ctl -> ctl.say("3.10.8"));
            case "server_version" ->
                asks("Asking node %s for its RabbitMQ version...")
                        .does(ctl -> ctl.say(ctl.get(api("overview")).text("rabbitmq_version")));
            case "await_startup" -> CtlCommand.takesNothing().does(NodeCommands::awaitStartup);
            case "await_online_nodes" ->
                CtlCommand.takes("<count>", 1)
                        .says(ctl -> "Will wait for at least %s nodes to join the cluster of %s. Timeout: 300 seconds."
                                .formatted(ctl.word(0), ctl.node()))
                        .does(NodeCommands::awaitStartup);
            case "set_vm_memory_high_watermark" ->
                CtlCommand.takes("<fraction> | absolute <value>", 1, 2)
                        .says(NodeCommands::settingMemory)
                        .does(NodeCommands::setMemory);
            case "set_disk_free_limit" ->
                CtlCommand.takes("<disk_limit> | mem_relative <fraction>", 1, 2)
                        .says(NodeCommands::settingDisk)
                        .does(NodeCommands::setDisk);
            case "set_cluster_name" ->
                CtlCommand.takes("<name>", 1)
                        .says(ctl -> "Setting cluster name to %s ...".formatted(ctl.word(0)))
                        .does(ctl -> ctl.change(
                                "PUT",
                                api("cluster-name"),
                                Json.object().with("name", ctl.word(0)).build()));
            case "list_feature_flags" ->
                CtlCommand.takesColumns().says(_ -> "Listing feature flags ...").does(NodeCommands::featureFlags);
            case "enable_feature_flag" ->
                CtlCommand.takes("<all | feature_flag>", 1)
                        .says(ctl -> ctl.word(0).equals("all")
                                ? "Enabling all feature flags ..."
                                : "Enabling feature flag \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> ctl.get(api("whoami"))); // all there are, are on
            default -> check(name);
        };
    }

    private static @Nullable CtlCommand check(String name) {
        return switch (name) {
            case "check_running" ->
                asks("Checking if RabbitMQ is running on node %s ...").does(ctl -> running(ctl, true));
            case "is_running" -> asks("Asking node %s for its status ...").does(ctl -> running(ctl, true));
            case "is_booting" ->
                asks("Asking node %s for its boot status ...")
                        .does(ctl -> ctl.say(
                                "RabbitMQ on node %s is fully booted (check with is_running), stopped or has not started booting yet"
                                        .formatted(ctl.node())));
            case "node_health_check" ->
                asks(DEPRECATED + "Timeout: 70 seconds ...\nChecking health of node %s ...")
                        .does(ctl -> {
                            health(ctl, "alarms");
                            ctl.say("Health check passed");
                        });
            case "check_alarms", "check_local_alarms", "alarms" -> alarmCheck(name);
            case "check_port_connectivity" ->
                asks("Testing TCP connections to all active listeners on node %s ...")
                        .does(ctl -> ctl.say("Successfully connected to ports %s on node %s."
                                .formatted(
                                        NodeStatus.listeners(ctl).stream()
                                                .map(listener -> listener.text("port"))
                                                .collect(Collectors.joining(", ")),
                                        ctl.node())));
            case "check_port_listener" ->
                CtlCommand.takes("<port>", 1)
                        .says(ctl -> "Asking node %s if there's an active listener on port %s ..."
                                .formatted(ctl.node(), ctl.word(0)))
                        .does(ctl -> listener(ctl, "port", "port"));
            case "check_protocol_listener" ->
                CtlCommand.takes("<protocol>", 1)
                        .says(ctl -> "Asking node %s if there's an active listener for protocol %s ..."
                                .formatted(ctl.node(), ctl.word(0)))
                        .does(ctl -> listener(ctl, "protocol", "protocol"));
            case "check_virtual_hosts" ->
                asks("Checking if all vhosts are running on node %s ...").does(ctl -> {
                    health(ctl, "virtual-hosts");
                    ctl.say("Node %s reported all vhosts as running".formatted(ctl.node()));
                });
            case "listeners" ->
                asks("Asking node %s to report its protocol listeners ...").does(NodeStatus::printListeners);
            default -> null;
        };
    }

    private static CtlCommand.Builder asks(String saying) {
        Function<Ctl, String> banner = ctl -> saying.formatted(ctl.node());
        return CtlCommand.takesNothing().says(banner);
    }

    private static Json nothing() {
        return Json.object().build();
    }

    private static CtlCommand alarmCheck(String name) {
        boolean local = name.equals("check_local_alarms");
        return asks(name.equals("alarms")
                        ? "Asking node %s to report any known resource alarms ..."
                        : "Asking node %s to report any local resource alarms ...")
                .does(ctl -> {
                    List<String> on = NodeStatus.alarms(ctl);
                    if (on.isEmpty()) {
                        ctl.say("Node %s reported no %s"
                                .formatted(ctl.node(), local ? "local alarms" : "alarms, local or clusterwide"));
                    } else {
                        String text = on.stream()
                                .map(alarm -> "%s alarm on node %s".formatted(alarm, ctl.node()))
                                .collect(Collectors.joining("\n"));
                        if (!name.equals("alarms")) {
                            throw CtlFailure.of(CtlFailure.UNAVAILABLE, text);
                        }
                        ctl.say(text);
                    }
                });
    }

    private static void health(Ctl ctl, String check) {
        Answer answer = ctl.send("GET", api("health", "checks", check), null);
        if (!answer.isOk()) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, answer.reason());
        }
    }

    private static boolean isRunning(Ctl ctl) {
        return ctl.broker().get(v1("broker")).text("state").equals("running");
    }

    private static void running(Ctl ctl, boolean must) {
        if (isRunning(ctl)) {
            ctl.say("RabbitMQ on node %s is fully booted and running".formatted(ctl.node()));
        } else if (must) {
            throw CtlFailure.of(
                    CtlFailure.UNAVAILABLE,
                    "RabbitMQ on node %s is not running or has not fully booted yet (check with is_booting)"
                            .formatted(ctl.node()));
        }
    }

    private static void listener(Ctl ctl, String kind, String member) {
        List<Json> listeners = NodeStatus.listeners(ctl);
        if (listeners.stream().anyMatch(one -> one.text(member).equals(ctl.word(0)))) {
            ctl.say("A listener for %s %s is running on node %s.".formatted(kind, ctl.word(0), ctl.node()));
            return;
        }
        String found = listeners.stream().map(one -> one.text(member)).collect(Collectors.joining(", "));
        throw CtlFailure.plain(
                CtlFailure.UNAVAILABLE,
                "No listener for %s %s is active on node %s. Found listeners that use the following %ss: %s"
                        .formatted(kind, ctl.word(0), ctl.node(), kind, found));
    }

    // Somebody starts it, perhaps only now: asks until it is there, or until patience ends.
    private static void awaitStartup(Ctl ctl) throws InterruptedException {
        long end = System.nanoTime() + (long) (ctl.given().number("--timeout").orElse(300) * 1e9);
        while (true) {
            try {
                if (isRunning(ctl)) {
                    return;
                }
            } catch (ApiException.Unreachable notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
            }
            if (System.nanoTime() > end) {
                throw CtlFailure.of(CtlFailure.UNAVAILABLE, "rabbit_is_not_running");
            }
            Thread.sleep(200);
        }
    }

    private static void reset(Ctl ctl) {
        if (isRunning(ctl)) {
            throw CtlFailure.misused(
                    CtlFailure.USAGE,
                    "Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'rabbitmqctl stop_app'.");
        }
        throw CtlFailure.of(
                CtlFailure.UNAVAILABLE,
                "Posthorn forgets nothing at one word: stop the broker, and remove or rename its data directory");
    }

    private static String settingMemory(Ctl ctl) {
        boolean absolute = ctl.word(0).equals("absolute");
        if (absolute && ctl.given().words().size() < 2) {
            throw CtlFailure.arguments(CtlFailure.USAGE, "not enough arguments.");
        }
        if (!absolute) {
            fraction(ctl.word(0));
        }
        return absolute
                ? "Setting memory threshold on %s to %s bytes ...".formatted(ctl.node(), ctl.word(1))
                : "Setting memory threshold on %s to %s ...".formatted(ctl.node(), ctl.word(0));
    }

    private static void setMemory(Ctl ctl) {
        Json limit = ctl.word(0).equals("absolute")
                ? Json.object().with("bytes", bytes(ctl.word(1))).build()
                : Json.object().with("fraction", fraction(ctl.word(0))).build();
        ctl.change("PUT", v1("broker", "memory-limit"), limit);
    }

    private static Json fraction(String text) {
        try {
            double fraction = Double.parseDouble(text);
            if (fraction < 0 || fraction > 1) {
                throw CtlFailure.arguments(
                        CtlFailure.DATA, "Bad argument: The threshold should be a fraction between 0.0 and 1.0");
            }
            return new Json.Number(Double.toString(fraction));
        } catch (NumberFormatException e) {
            throw CtlFailure.arguments(CtlFailure.DATA, "Bad argument.");
        }
    }

    private static long bytes(String text) {
        String digits = text.replaceAll("[^0-9.].*", "");
        Double unit = UNITS.get(text.substring(digits.length()).strip().toLowerCase(java.util.Locale.ROOT));
        try {
            if (unit != null) {
                return (long) (Double.parseDouble(digits) * unit);
            }
        } catch (NumberFormatException e) {
            // As a unit that is none.
        }
        throw CtlFailure.arguments(CtlFailure.DATA, "Bad argument.");
    }

    private static String settingDisk(Ctl ctl) {
        return ctl.word(0).equals("mem_relative") && ctl.given().words().size() > 1
                ? "Setting disk free limit on %s to %s times the total RAM ...".formatted(ctl.node(), ctl.word(1))
                : "Setting disk free limit on %s to %s bytes ...".formatted(ctl.node(), ctl.word(0));
    }

    private static void setDisk(Ctl ctl) {
        throw CtlFailure.of(
                CtlFailure.UNAVAILABLE,
                "this broker reads the limit at its start: limits.free-space (docs/configuration.md)");
    }

    private static void featureFlags(Ctl ctl) {
        List<String> columns = Columns.wanted(
                ctl, List.of("name", "state", "stability", "provided_by", "desc", "doc_url"), List.of("name", "state"));
        ctl.print(
                columns,
                ctl.get(api("feature-flags")).elements().stream()
                        .map(flag -> columns.stream()
                                .map(column -> Cell.of(flag.get(column)))
                                .toList())
                        .toList());
    }
}
