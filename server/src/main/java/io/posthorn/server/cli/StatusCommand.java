package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// What the broker is and how it does, on one page.
final class StatusCommand {
    private StatusCommand() {}

    static CommandSpec described() {
        return Management.doneInBroker(
                Command.named("status", "What the broker is and how it does.").option(Format.option()),
                StatusCommand::run);
    }

    private static void run(Management on) {
        Json overview = on.broker().get(api("overview"));
        Json node =
                on.broker().get(api("nodes")).elements().stream().findFirst().orElse(Json.NULL);
        Json totals = overview.get("object_totals");
        Json messages = overview.get("queue_totals");
        on.printOne(Json.object()
                .with(
                        "product",
                        "%s %s"
                                .formatted(overview.text("product_name"), overview.text("product_version"))
                                .strip())
                .with("node", overview.get("node"))
                .with("uptime", uptime(node.number("uptime")))
                .with("listeners", listeners(overview.get("listeners").elements()))
                .with("alarms", alarms(node))
                .with("memory_used", node.get("mem_used"))
                .with("memory_limit", node.get("mem_limit"))
                .with("disk_free", node.get("disk_free"))
                .with("disk_limit", node.get("disk_free_limit"))
                .with("messages_ready", messages.number("messages_ready"))
                .with("messages_unsettled", messages.number("messages_unacknowledged"))
                .with("queues", totals.get("queues"))
                .with("exchanges", totals.get("exchanges"))
                .with("connections", totals.get("connections"))
                .with("channels", totals.get("channels"))
                .with("consumers", totals.get("consumers"))
                .build());
    }

    private static String uptime(long millis) {
        var time = Duration.ofMillis(millis);
        return time.toDays() > 0
                ? "%d days %d h".formatted(time.toDays(), time.toHoursPart())
                : "%d h %d min %d s".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    static String alarms(Json node) {
        var on = new StringBuilder();
        if (node.isTrue("mem_alarm")) {
            on.append("memory ");
        }
        if (node.isTrue("disk_free_alarm")) {
            on.append("disk");
        }
        return on.isEmpty() ? "none" : on.toString().strip();
    }

    static String listeners(List<Json> listeners) {
        return listeners.stream()
                .map(listener -> "%s %s:%d"
                        .formatted(listener.text("protocol"), listener.text("ip_address"), listener.number("port")))
                .collect(Collectors.joining(", "));
    }
}
