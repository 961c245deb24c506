package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import picocli.CommandLine.Model.CommandSpec;

/// Pauses and resumes a queue.
final class QueuePauseCommand {
    private QueuePauseCommand() {}

    static CommandSpec pause() {
        return Management.doneInHost(
                Command.named("pause", "Let a queue take messages and deliver none.")
                        .word("QUEUE", QueueCommands.NAME)
                        .option("--reason", "TEXT", "why, for whoever wonders; 'queue ls' shows it")
                        .help("Consumers stay, and a restart changes nothing of it."),
                on -> {
                    String reason = on.given().value("--reason").orElse("by hand");
                    find(
                            on,
                            () -> on.broker()
                                    .put(
                                            path(on),
                                            Json.object().with("reason", reason).build()));
                    on.say("Paused '%s'. './posthorn queue resume' lets it go on.", on.word(0));
                });
    }

    static CommandSpec resume() {
        return Management.doneInHost(
                Command.named("resume", "Let a paused queue deliver again.").word("QUEUE", QueueCommands.NAME), on -> {
                    find(on, () -> on.broker().delete(path(on)));
                    on.say("Resumed '%s'.", on.word(0));
                });
    }

    private static String path(Management on) {
        return v1("vhosts", on.virtualHost(), "queues", on.word(0), "pause");
    }

    private static void find(Management on, Runnable question) {
        try {
            question.run();
        } catch (ApiException.NotFound e) {
            throw Management.notFound("queue", on.word(0), QueueCommands.NEXT);
        }
    }
}
