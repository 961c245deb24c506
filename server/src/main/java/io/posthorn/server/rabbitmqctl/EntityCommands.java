package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is done to queues and connections, and definitions.
final class EntityCommands {
    static final List<String> NAMES = List.of(
            "delete_queue",
            "purge_queue",
            "close_connection",
            "close_all_connections",
            "close_all_user_connections",
            "export_definitions",
            "import_definitions",
            "sync_queue",
            "cancel_sync_queue");

    private EntityCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "delete_queue" ->
                CtlCommand.takes("<queue>", 1)
                        .options("--if-empty", "--if-unused")
                        .says(EntityCommands::deleting)
                        .does(EntityCommands::deleteQueue);
            case "purge_queue" ->
                CtlCommand.takes("<queue>", 1)
                        .says(ctl -> "Purging queue '%s' in vhost '%s' ...".formatted(ctl.word(0), ctl.virtualHost()))
                        .does(EntityCommands::purge);
            case "close_connection" ->
                CtlCommand.takes("<connectionpid> <explanation>", 2)
                        .says(ctl -> "Closing connection %s, reason: %s...".formatted(ctl.word(0), ctl.word(1)))
                        .does(EntityCommands::closeConnection);
            case "close_all_connections" ->
                CtlCommand.takes("<explanation>", 1)
                        .options("--global", "--limit", "--per-connection-delay")
                        .says(ctl -> ctl.given().has("--global")
                                ? "Closing all connections, reason: %s...".formatted(ctl.word(0))
                                : "Closing all connections in vhost %s, reason: %s..."
                                        .formatted(ctl.virtualHost(), ctl.word(0)))
                        .does(EntityCommands::closeAll);
            case "close_all_user_connections" ->
                CtlCommand.takes("<username> <explanation>", 2)
                        .says(ctl ->
                                "Closing connections of user %s, reason: %s...".formatted(ctl.word(0), ctl.word(1)))
                        .does(ctl -> closeWhere(ctl, "user", ctl.word(0), ctl.word(1)));
            case "export_definitions" ->
                CtlCommand.takes("<file_path>", 1)
                        .says(ctl -> "Exporting definitions in JSON to a file at \"%s\" ...".formatted(ctl.word(0)))
                        .does(EntityCommands::export);
            case "import_definitions" ->
                CtlCommand.takes("<file_path>", 1)
                        .says(ctl -> "Importing definitions in JSON from a file at \"%s\" ...".formatted(ctl.word(0)))
                        .does(EntityCommands::load);
            case "sync_queue" -> oneCopy("Synchronising queue '%s' in vhost '%s' ...");
            case "cancel_sync_queue" -> oneCopy("Stopping synchronising queue '%s' in vhost '%s' ...");
            default -> null;
        };
    }

    private static String queue(Ctl ctl) {
        return api("queues", ctl.virtualHost(), ctl.word(0));
    }

    // There is one copy of each queue, and it is always whole.
    private static CtlCommand oneCopy(String saying) {
        return CtlCommand.takes("<queue>", 1)
                .says(ctl -> saying.formatted(ctl.word(0), ctl.virtualHost()))
                .does(ctl -> {
                    var _ = ctl.find(queue(ctl)).orElseThrow(EntityCommands::notFound);
                });
    }

    private static CtlFailure notFound() {
        return CtlFailure.of(CtlFailure.UNAVAILABLE, "not_found");
    }

    private static String deleting(Ctl ctl) {
        boolean ifEmpty = ctl.given().has("--if-empty");
        boolean ifUnused = ctl.given().has("--if-unused");
        String conditions = ifEmpty && ifUnused
                ? " if queue is empty  and if queue is unused "
                : ifEmpty ? " if queue is empty " : ifUnused ? " if queue is unused " : " ";
        return "Deleting queue '%s' on vhost '%s'%s...".formatted(ctl.word(0), ctl.virtualHost(), conditions);
    }

    private static void deleteQueue(Ctl ctl) {
        Json queue = ctl.find(queue(ctl)).orElseThrow(() -> CtlFailure.of(CtlFailure.USAGE, "Queue not found"));
        boolean ifEmpty = ctl.given().has("--if-empty");
        boolean ifUnused = ctl.given().has("--if-unused");
        if (ifEmpty && queue.number("messages") > 0) {
            throw CtlFailure.of(CtlFailure.USAGE, "Queue is not empty");
        }
        if (ifUnused && queue.number("consumers") > 0) {
            throw CtlFailure.of(CtlFailure.USAGE, "Queue is in use");
        }
        String conditions = "?if-empty=%s&if-unused=%s".formatted(ifEmpty, ifUnused);
        ctl.change("DELETE", queue(ctl) + (ifEmpty || ifUnused ? conditions : ""), null);
        if (!ctl.isQuiet()) {
            ctl.say("Queue was successfully deleted with %d ready messages".formatted(queue.number("messages_ready")));
        }
    }

    private static void purge(Ctl ctl) {
        Answer answer = ctl.send("DELETE", queue(ctl) + "/contents", null);
        if (answer.status() == 404) {
            throw notFound();
        }
        Ctl.checked(answer);
    }

    private static void closeConnection(Ctl ctl) {
        String pid = ctl.word(0);
        if (!ProcessId.isOne(pid)) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "Error:\n{:invalid_pid_syntax, \"%s\"}".formatted(pid));
        }
        Optional<String> name = ctl.get(api("connections")).elements().stream()
                .filter(connection -> ProcessId.of(connection.text("node"), connection.text("name"))
                        .equals(pid))
                .map(connection -> connection.text("name"))
                .findFirst();
        name.ifPresent(found -> close(ctl, found, ctl.word(1)));
    }

    private static void close(Ctl ctl, String name, String reason) {
        try {
            ctl.broker().delete(api("connections", name), reason);
        } catch (ApiException.NotFound e) {
            // It went by itself meanwhile.
        }
    }

    private static void closeAll(Ctl ctl) {
        if (ctl.given().has("--global")) {
            closeWhere(ctl, null, "", ctl.word(0));
        } else {
            closeWhere(ctl, "vhost", ctl.virtualHost(), ctl.word(0));
        }
    }

    private static void closeWhere(Ctl ctl, @Nullable String member, String value, String reason) {
        List<String> names = ctl.get(api("connections")).elements().stream()
                .filter(connection -> member == null || connection.text(member).equals(value))
                .map(connection -> connection.text("name"))
                .toList();
        names.forEach(name -> close(ctl, name, reason));
        ctl.say("Closed %d connections".formatted(names.size()));
    }

    private static void export(Ctl ctl) {
        try {
            Files.writeString(Path.of(ctl.word(0)), ctl.get(api("definitions")).write());
        } catch (IOException e) {
            throw CtlFailure.of(CtlFailure.DATA, "could not write %s: %s".formatted(ctl.word(0), e));
        }
    }

    private static void load(Ctl ctl) {
        try {
            ctl.change("POST", api("definitions"), ParameterCommands.json(Files.readString(Path.of(ctl.word(0)))));
        } catch (IOException e) {
            throw CtlFailure.of(CtlFailure.DATA, "could not read %s: %s".formatted(ctl.word(0), e));
        }
        ctl.remark("Successfully started definition import. This process is asynchronous and can take some time.");
    }
}
