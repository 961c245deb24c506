package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Checks for scripts and monitoring: 0 when all is well, 3 when not, 6 when nobody answers.
final class CheckCommands {
    private CheckCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                health("alarms", "Whether memory and disk have room.", "alarms"),
                health("ready", "Whether clients can connect and be served.", "ready-to-serve-clients"),
                health("vhosts", "Whether all virtual hosts are there for their clients.", "virtual-hosts"),
                Management.ofBroker(
                        Command.named("port", "Whether the broker listens on a port.")
                                .word("PORT", "its number")
                                .option(Format.option()),
                        on -> health(on, "port-listener", on.word(0))),
                Management.ofBroker(
                        Command.named("protocol", "Whether the broker serves a protocol.")
                                .word("NAME", "amqp, amqps, http, ...")
                                .option(Format.option()),
                        on -> health(on, "protocol-listener", on.word(0))),
                Management.ofHost(
                        Command.named("queue", "Whether a queue is there and as it should be.")
                                .word("QUEUE", QueueCommands.NAME)
                                .number("--max-messages", "N", "no more messages than that")
                                .number("--min-consumers", "N", "no fewer consumers than that")
                                .option(Format.option()),
                        CheckCommands::queue));
    }

    private static CommandSpec health(String name, String summary, String route) {
        return Management.ofBroker(Command.named(name, summary).option(Format.option()), on -> health(on, route));
    }

    private static ExitCode health(Management on, String... route) {
        String[] path = new String[route.length + 2];
        path[0] = "health";
        path[1] = "checks";
        System.arraycopy(route, 0, path, 2, route.length);
        Answer answer = on.broker().send("GET", api(path), null);
        return switch (answer.status()) {
            case 200 -> report(on, Optional.empty());
            case 404, 503 -> report(on, Optional.of(answer.reason()));
            default -> {
                on.broker().get(api(path)); // which says in words what is wrong with the question
                yield ExitCode.FAILED;
            }
        };
    }

    private static ExitCode queue(Management on) {
        Optional<Json> found = on.broker().find(QueueCommands.path(on));
        if (found.isEmpty()) {
            return report(on, Optional.of("there is no queue '%s'".formatted(on.word(0))));
        }
        Json queue = found.get();
        long most = on.given().number("--max-messages").orElse(Long.MAX_VALUE);
        long least = on.given().number("--min-consumers").orElse(0L);
        if (queue.number("messages") > most) {
            return report(
                    on,
                    Optional.of("'%s' has %d messages, more than %d"
                            .formatted(on.word(0), queue.number("messages"), most)));
        }
        if (queue.number("consumers") < least) {
            return report(
                    on,
                    Optional.of("'%s' has %d consumers, fewer than %d"
                            .formatted(on.word(0), queue.number("consumers"), least)));
        }
        return report(on, Optional.empty());
    }

    private static ExitCode report(Management on, Optional<String> problem) {
        if (on.format() == Format.JSON) {
            on.out()
                    .println(Json.object()
                            .with("ok", problem.isEmpty())
                            .with("reason", problem.orElse(null))
                            .build()
                            .writeIndented());
        } else {
            on.say("%s", problem.map(what -> "not ok: " + what).orElse("ok"));
        }
        return problem.isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }
}
