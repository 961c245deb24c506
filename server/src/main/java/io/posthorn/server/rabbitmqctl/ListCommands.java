package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Lists of what there is, by columns.
final class ListCommands {
    static final List<String> NAMES = List.of(
            "list_queues", "list_exchanges", "list_bindings", "list_connections", "list_channels", "list_consumers");

    private static final List<String> QUEUE = List.of(
            "name",
            "durable",
            "auto_delete",
            "arguments",
            "policy",
            "operator_policy",
            "effective_policy_definition",
            "pid",
            "owner_pid",
            "exclusive",
            "exclusive_consumer_pid",
            "exclusive_consumer_tag",
            "messages_ready",
            "messages_unacknowledged",
            "messages",
            "messages_ready_ram",
            "messages_unacknowledged_ram",
            "messages_ram",
            "messages_persistent",
            "message_bytes",
            "message_bytes_ready",
            "message_bytes_unacknowledged",
            "message_bytes_ram",
            "message_bytes_persistent",
            "head_message_timestamp",
            "disk_reads",
            "disk_writes",
            "consumers",
            "consumer_utilisation",
            "consumer_capacity",
            "memory",
            "slave_pids",
            "synchronised_slave_pids",
            "state",
            "type",
            "leader",
            "members",
            "online",
            "single_active_consumer_tag",
            "vhost");

    private static final List<String> EXCHANGE =
            List.of("name", "type", "durable", "auto_delete", "internal", "arguments", "policy", "vhost");

    private static final List<String> BINDING =
            List.of("source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments");

    private static final List<String> CONNECTION = List.of(
            "pid",
            "name",
            "port",
            "host",
            "peer_port",
            "peer_host",
            "ssl",
            "ssl_protocol",
            "ssl_key_exchange",
            "ssl_cipher",
            "ssl_hash",
            "peer_cert_subject",
            "peer_cert_issuer",
            "peer_cert_validity",
            "state",
            "channels",
            "protocol",
            "auth_mechanism",
            "user",
            "vhost",
            "timeout",
            "frame_max",
            "channel_max",
            "client_properties",
            "recv_oct",
            "recv_cnt",
            "send_oct",
            "send_cnt",
            "send_pend",
            "connected_at");

    private static final List<String> CHANNEL = List.of(
            "pid",
            "connection",
            "name",
            "number",
            "user",
            "vhost",
            "transactional",
            "confirm",
            "consumer_count",
            "messages_unacknowledged",
            "messages_uncommitted",
            "acks_uncommitted",
            "messages_unconfirmed",
            "prefetch_count",
            "global_prefetch_count");

    private static final List<String> CONSUMER = List.of(
            "queue_name",
            "channel_pid",
            "consumer_tag",
            "ack_required",
            "prefetch_count",
            "active",
            "activity_status",
            "arguments");

    private ListCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "list_queues" ->
                CtlCommand.takesColumns()
                        .options("--online", "--offline", "--local")
                        .says(ctl -> "Timeout: %s seconds ...\nListing queues for vhost %s ..."
                                .formatted(ctl.given().number("--timeout").orElse(60), ctl.virtualHost()))
                        .does(ctl -> inHost(ctl, "queues", QUEUE, List.of("name", "messages"), ListCommands::queue));
            case "list_exchanges" ->
                CtlCommand.takesColumns()
                        .says(ctl -> "Listing exchanges for vhost %s ...".formatted(ctl.virtualHost()))
                        .does(ctl -> inHost(
                                ctl,
                                "exchanges",
                                EXCHANGE,
                                List.of("name", "type"),
                                (ctl2, row) -> ctl2.isEmpty() ? Cell.NOTHING : Cell.of(row.get(ctl2))));
            case "list_bindings" ->
                CtlCommand.takesColumns()
                        .says(ctl -> "Listing bindings for vhost %s ...".formatted(ctl.virtualHost()))
                        .does(ctl -> inHost(ctl, "bindings", BINDING, BINDING, ListCommands::binding));
            case "list_connections" ->
                CtlCommand.takesColumns().says(_ -> "Listing connections ...").does(ListCommands::connections);
            case "list_channels" ->
                CtlCommand.takesColumns().says(_ -> "Listing channels ...").does(ListCommands::channels);
            case "list_consumers" ->
                CtlCommand.takesColumns()
                        .says(ctl -> "Listing consumers in vhost %s ...".formatted(ctl.virtualHost()))
                        .does(ctl -> inHost(
                                ctl,
                                "consumers",
                                CONSUMER,
                                List.of(
                                        "queue_name",
                                        "channel_pid",
                                        "consumer_tag",
                                        "ack_required",
                                        "prefetch_count",
                                        "active",
                                        "arguments"),
                                (column, row) -> consumer(ctl, column, row)));
            default -> null;
        };
    }

    // A virtual host that is not there has nothing in it.
    private static void inHost(
            Ctl ctl, String what, List<String> known, List<String> usual, BiFunction<String, Json, Cell> cell) {
        List<String> columns = Columns.wanted(ctl, known, usual);
        List<Json> rows = ctl.given().has("--offline")
                ? List.of() // of one node, which answers
                : ctl.find(api(what, ctl.virtualHost())).map(Json::elements).orElse(List.of());
        print(ctl, columns, rows, cell);
    }

    private static void print(Ctl ctl, List<String> columns, List<Json> rows, BiFunction<String, Json, Cell> cell) {
        ctl.print(
                columns,
                rows.stream()
                        .map(row -> columns.stream()
                                .map(column -> cell.apply(column, row))
                                .toList())
                        .toList());
    }

    private static Cell queue(String column, Json queue) {
        return switch (column) {
            case "messages", "messages_ready", "messages_unacknowledged", "consumers" -> Cell.of(queue.number(column));
            case "pid" ->
                Cell.of(ProcessId.of(queue.text("node"), "queue " + queue.text("vhost") + "/" + queue.text("name")));
            case "owner_pid" -> owner(queue);
            case "state" -> Cell.of(queue.text(column).isEmpty() ? "running" : queue.text(column));
            default -> Cell.of(queue.get(column));
        };
    }

    private static Cell owner(Json queue) {
        String connection = queue.get("owner_pid_details").text("name");
        return connection.isEmpty() ? Cell.NOTHING : Cell.of(ProcessId.of(queue.text("node"), connection));
    }

    private static Cell binding(String column, Json binding) {
        return switch (column) {
            case "source_name" -> Cell.of(binding.text("source"));
            case "source_kind" -> Cell.of("exchange");
            case "destination_name" -> Cell.of(binding.text("destination"));
            case "destination_kind" -> Cell.of(binding.text("destination_type"));
            default -> Cell.of(binding.get(column));
        };
    }

    private static void connections(Ctl ctl) {
        List<String> columns = Columns.wanted(ctl, CONNECTION, List.of("user", "peer_host", "peer_port", "state"));
        print(ctl, columns, ctl.get(api("connections")).elements(), ListCommands::connection);
    }

    private static Cell connection(String column, Json connection) {
        return switch (column) {
            case "pid" -> Cell.of(ProcessId.of(connection.text("node"), connection.text("name")));
            case "protocol" -> Cell.of(protocol(connection.text(column)));
            case "client_properties" -> new Cell.Table(connection.get(column).fields());
            default -> Cell.of(connection.get(column));
        };
    }

    // `AMQP 0-9-1` is `{0,9,1}` there; other protocols have names.
    private static String protocol(String name) {
        return name.startsWith("AMQP ") ? "{" + name.substring(5).replace('-', ',') + "}" : name;
    }

    private static void channels(Ctl ctl) {
        List<String> columns =
                Columns.wanted(ctl, CHANNEL, List.of("pid", "user", "consumer_count", "messages_unacknowledged"));
        print(ctl, columns, ctl.get(api("channels")).elements(), ListCommands::channel);
    }

    private static Cell channel(String column, Json channel) {
        return switch (column) {
            case "pid" -> Cell.of(ProcessId.of(channel.text("node"), channel.text("name")));
            case "connection" ->
                Cell.of(ProcessId.of(
                        channel.text("node"), channel.get("connection_details").text("name")));
            default -> Cell.of(channel.get(column));
        };
    }

    private static Cell consumer(Ctl ctl, String column, Json consumer) {
        return switch (column) {
            case "queue_name" -> Cell.of(consumer.get("queue").text("name"));
            case "channel_pid" ->
                Cell.of(ProcessId.of(
                        consumer.get("channel_details").optionalText("node").orElse(ctl.node()),
                        consumer.get("channel_details").text("name")));
            default -> Cell.of(consumer.get(column));
        };
    }
}
