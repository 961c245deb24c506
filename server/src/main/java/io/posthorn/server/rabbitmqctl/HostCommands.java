package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Virtual hosts, and what users may do in them.
final class HostCommands {
    static final List<String> NAMES = List.of(
            "add_vhost",
            "delete_vhost",
            "list_vhosts",
            "trace_on",
            "trace_off",
            "set_permissions",
            "clear_permissions",
            "list_permissions",
            "list_user_permissions",
            "set_topic_permissions",
            "clear_topic_permissions",
            "list_topic_permissions",
            "list_user_topic_permissions");

    private static final List<String> PATTERNS = List.of("configure", "write", "read");
    private static final List<String> COLUMNS =
            List.of("name", "description", "tags", "default_queue_type", "tracing", "cluster_state");

    private HostCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "add_vhost" ->
                CtlCommand.takes("<vhost>", 1)
                        .options("--description", "--tags", "--default-queue-type")
                        .says(ctl -> "Adding vhost \"%s\" ...".formatted(ctl.word(0)))
                        .does(HostCommands::add);
            case "delete_vhost" ->
                CtlCommand.takes("<vhost>", 1)
                        .says(ctl -> "Deleting vhost \"%s\" ...".formatted(ctl.word(0)))
                        .does(HostCommands::delete);
            case "list_vhosts" ->
                CtlCommand.takesColumns().says(_ -> "Listing vhosts ...").does(HostCommands::list);
            case "trace_on" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Starting tracing for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ctl -> trace(ctl, true));
            case "trace_off" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Stopping tracing for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ctl -> trace(ctl, false));
            case "set_permissions" ->
                CtlCommand.takes("<username> <conf> <write> <read>", 4)
                        .says(ctl -> "Setting permissions for user \"%s\" in vhost \"%s\" ..."
                                .formatted(ctl.word(0), ctl.virtualHost()))
                        .does(HostCommands::setPermissions);
            case "clear_permissions" ->
                CtlCommand.takes("<username>", 1)
                        .says(ctl -> "Clearing permissions for user \"%s\" in vhost \"%s\" ..."
                                .formatted(ctl.word(0), ctl.virtualHost()))
                        .does(ctl -> {
                            checkBoth(ctl);
                            ctl.send("DELETE", api("permissions", ctl.virtualHost(), ctl.word(0)), null);
                        });
            case "list_permissions" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Listing permissions for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ctl -> listIn(ctl, "permissions", "user", PATTERNS));
            case "list_user_permissions" ->
                CtlCommand.takes("<username>", 1)
                        .says(ctl -> "Listing permissions for user \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> listOf(ctl, "permissions", PATTERNS, true));
            default -> topicCommand(name);
        };
    }

    private static @Nullable CtlCommand topicCommand(String name) {
        return switch (name) {
            case "set_topic_permissions" ->
                CtlCommand.takes("<username> <exchange> <write> <read>", 4)
                        .says(ctl -> "Setting topic permissions on \"%s\" for user \"%s\" in vhost \"%s\" ..."
                                .formatted(ctl.word(1), ctl.word(0), ctl.virtualHost()))
                        .does(HostCommands::setTopicPermissions);
            case "clear_topic_permissions" ->
                CtlCommand.takes("<username> [<exchange>]", 1, 2)
                        .says(ctl -> ctl.given().words().size() == 1
                                ? "Clearing topic permissions for user \"%s\" in vhost \"%s\" ..."
                                        .formatted(ctl.word(0), ctl.virtualHost())
                                : "Clearing topic permissions on \"%s\" for user \"%s\" in vhost \"%s\" ..."
                                        .formatted(ctl.word(1), ctl.word(0), ctl.virtualHost()))
                        .does(HostCommands::clearTopicPermissions);
            case "list_topic_permissions" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Listing topic permissions for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ctl -> listIn(ctl, "topic-permissions", "user", List.of("exchange", "write", "read")));
            case "list_user_topic_permissions" ->
                CtlCommand.takes("<username>", 1)
                        .says(ctl -> "Listing topic permissions for user \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> listOf(ctl, "topic-permissions", List.of("exchange", "write", "read"), false));
            default -> null;
        };
    }

    private static void add(Ctl ctl) {
        Json.Builder host = Json.object();
        ctl.given().value("--description").ifPresent(text -> host.with("description", text));
        ctl.given().value("--tags").ifPresent(text -> host.with("tags", text));
        Optional<String> type = ctl.given().value("--default-queue-type");
        type.ifPresent(text -> host.with("default_queue_type", text));
        if (type.isPresent() && !List.of("classic", "quorum", "stream").contains(type.get())) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "invalid_queue_type");
        }
        ctl.change("PUT", api("vhosts", ctl.word(0)), host.build());
    }

    private static void delete(Ctl ctl) {
        Answer answer = ctl.send("DELETE", api("vhosts", ctl.word(0)), null);
        if (answer.status() == 404) {
            throw noHost(ctl.word(0));
        }
        Ctl.checked(answer);
    }

    /// Most commands say it so; those about permissions say it otherwise.
    static CtlFailure noHost(String name) {
        return CtlFailure.plain(CtlFailure.DATA, "Virtual host '%s' does not exist".formatted(name));
    }

    private static void list(Ctl ctl) {
        List<String> columns = Columns.wanted(ctl, COLUMNS, List.of("name"));
        ctl.print(
                columns,
                ctl.get(api("vhosts")).elements().stream()
                        .map(host -> columns.stream()
                                .map(column -> cell(host, column))
                                .toList())
                        .toList());
    }

    private static Cell cell(Json host, String column) {
        return switch (column) {
            case "default_queue_type" -> Cell.of(host.text(column).isEmpty() ? "undefined" : host.text(column));
            case "tags" -> Cell.of(host.get(column));
            default -> Cell.of(host.get(column));
        };
    }

    // RabbitMQ takes a virtual host that is not there without a word, too.
    private static void trace(Ctl ctl, boolean on) {
        String path = api("vhosts", ctl.virtualHost());
        ctl.find(path)
                .ifPresent(host -> ctl.change(
                        "PUT",
                        path,
                        Json.object()
                                .with("tracing", on)
                                .with("description", host.text("description"))
                                .with("tags", String.join(",", UserCommands.tags(host)))
                                .build()));
        ctl.say("Trace %s for vhost %s".formatted(on ? "enabled" : "disabled", ctl.virtualHost()));
    }

    private static void checkBoth(Ctl ctl) {
        if (ctl.find(api("vhosts", ctl.virtualHost())).isEmpty()) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "Virtual host %s does not exist".formatted(ctl.virtualHost()));
        }
        if (ctl.find(api("users", ctl.word(0))).isEmpty()) {
            throw CtlFailure.of(CtlFailure.NO_USER, "User %s does not exist".formatted(ctl.word(0)));
        }
    }

    private static void setPermissions(Ctl ctl) {
        checkBoth(ctl);
        ctl.change(
                "PUT",
                api("permissions", ctl.virtualHost(), ctl.word(0)),
                Json.object()
                        .with("configure", ctl.word(1))
                        .with("write", ctl.word(2))
                        .with("read", ctl.word(3))
                        .build());
    }

    private static void setTopicPermissions(Ctl ctl) {
        checkBoth(ctl);
        putTopic(ctl, ctl.word(1), ctl.word(2), ctl.word(3));
    }

    private static void putTopic(Ctl ctl, String exchange, String write, String read) {
        ctl.change(
                "PUT",
                api("topic-permissions", ctl.virtualHost(), ctl.word(0)),
                Json.object()
                        .with("exchange", exchange)
                        .with("write", write)
                        .with("read", read)
                        .build());
    }

    // The API takes all of a user back at once: those that are to stay are set again.
    private static void clearTopicPermissions(Ctl ctl) {
        checkBoth(ctl);
        String path = api("topic-permissions", ctl.virtualHost(), ctl.word(0));
        List<Json> before = ctl.find(path).map(Json::elements).orElse(List.of());
        if (before.isEmpty()) {
            return;
        }
        ctl.change("DELETE", path, null);
        if (ctl.given().words().size() > 1) {
            before.stream()
                    .filter(one -> !one.text("exchange").equals(ctl.word(1)))
                    .forEach(one -> putTopic(ctl, one.text("exchange"), one.text("write"), one.text("read")));
        }
    }

    private static void listIn(Ctl ctl, String what, String first, List<String> rest) {
        Json found = ctl.find(api("vhosts", ctl.virtualHost(), what)).orElseThrow(() -> noHost(ctl.virtualHost()));
        print(ctl, first, rest, found.elements(), true);
    }

    private static void listOf(Ctl ctl, String what, List<String> rest, boolean headers) {
        Json found = ctl.find(api("users", ctl.word(0), what))
                .orElseThrow(
                        () -> CtlFailure.of(CtlFailure.UNAVAILABLE, "{:no_such_user, \"%s\"}".formatted(ctl.word(0))));
        print(ctl, "vhost", rest, found.elements(), headers);
    }

    // An empty list of these is an empty line, but for the JSON.
    private static void print(Ctl ctl, String first, List<String> rest, List<Json> found, boolean headers) {
        if (found.isEmpty() && ctl.formatter() == Formatter.TABLE) {
            ctl.say("");
            return;
        }
        List<String> columns = java.util.stream.Stream.concat(java.util.stream.Stream.of(first), rest.stream())
                .toList();
        List<List<Cell>> rows = found.stream()
                .map(one -> columns.stream()
                        .map(column -> Cell.of(one.text(column)))
                        .toList())
                .toList();
        if (headers) {
            ctl.print(columns, rows);
        } else {
            ctl.formatter().print(columns, rows, false, ctl.out());
        }
    }
}
