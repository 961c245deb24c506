package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Queues: listed, made, emptied, deleted.
final class QueueCommands {
    static final String NAME = "the queue's name";
    static final String NEXT = "'./posthorn queue ls' shows what there is.";

    private static final Listing QUEUES = new Listing()
            .column("QUEUE", "name")
            .column("READY", "messages_ready", queue -> Json.of(queue.number("messages_ready")))
            .column("UNSETTLED", "messages_unacknowledged", queue -> Json.of(queue.number("messages_unacknowledged")))
            .column("CONSUMERS", "consumers", queue -> Json.of(queue.number("consumers")))
            .column("TYPE", "type")
            .column("KIND", "kind", queue -> Json.of(kind(queue)))
            .column("STATE", "state")
            .column("POLICY", "policy")
            .column("PAUSED", "paused_because");

    /// Whether a queue is paused is told to whoever asks for it.
    private static final String ASKED =
            "?columns=name,messages_ready,messages_unacknowledged,consumers,type,durable,auto_delete,exclusive,state,policy,paused_because";

    private QueueCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "List the queues.").option(Format.option()), QueueCommands::list),
                Management.doneInHost(
                        Command.named("info", "Show all that is known of a queue.")
                                .word("QUEUE", NAME)
                                .option(Format.option()),
                        on -> on.printOne(on.mustFind(path(on), "queue", on.word(0), NEXT))),
                Management.doneInHost(
                        Command.named("declare", "Make a queue, unless it is there.")
                                .word("QUEUE", NAME)
                                .option(
                                        "--type",
                                        "TYPE",
                                        "classic, quorum or stream (the virtual host's own if not given)")
                                .flag("--transient", "a queue that does not survive a restart")
                                .flag("--auto-delete", "a queue that goes with its last consumer")
                                .option(ArgumentOption.option()),
                        QueueCommands::declare),
                Management.doneInHost(
                        Command.named("delete", "Delete a queue and the messages in it.")
                                .word("QUEUE", NAME)
                                .flag("--if-empty", "only if no message is in it")
                                .flag("--if-unused", "only if it has no consumer"),
                        QueueCommands::delete),
                Management.doneInHost(
                        Command.named("purge", "Drop all messages of a queue that are not with a consumer.")
                                .word("QUEUE", NAME),
                        on -> {
                            long ready = on.mustFind(path(on), "queue", on.word(0), NEXT)
                                    .number("messages_ready");
                            on.mustDelete(path(on) + "/contents", "queue", on.word(0), NEXT);
                            on.say("Purged '%s', which had %s.", on.word(0), messages(ready));
                        }),
                QueuePeekCommand.named("peek"),
                QueuePauseCommand.pause(),
                QueuePauseCommand.resume());
    }

    static String path(Management on) {
        return api("queues", on.virtualHost(), on.word(0));
    }

    static String messages(long count) {
        return count == 1 ? "1 message" : count + " messages";
    }

    private static void list(Management on) {
        List<Json> queues = on.broker().get(api("queues", on.virtualHost()) + ASKED).elements().stream()
                .sorted(Comparator.comparing(queue -> queue.text("name")))
                .toList();
        on.print(QUEUES, queues);
    }

    static String kind(Json queue) {
        String life = queue.isTrue("exclusive") ? "exclusive" : queue.isTrue("durable") ? "durable" : "transient";
        return queue.isTrue("auto_delete") ? life + ",auto-delete" : life;
    }

    private static void declare(Management on) {
        Json.Builder arguments = ArgumentOption.read(on.given());
        on.given().value("--type").ifPresent(type -> arguments.with("x-queue-type", type));
        boolean isTransient = on.given().has("--transient");
        Json spec = Json.object()
                .with("durable", !isTransient)
                .with("auto_delete", on.given().has("--auto-delete"))
                .with("arguments", arguments.build())
                .build();
        boolean isNew = on.broker().put(path(on), spec);
        on.say(
                isNew ? "Made the %s queue '%s'." : "The %s queue '%s' is there.",
                isTransient ? "transient" : "durable",
                on.word(0));
    }

    private static void delete(Management on) {
        boolean ifEmpty = on.given().has("--if-empty");
        boolean ifUnused = on.given().has("--if-unused");
        Optional<Json> queue = on.broker().find(path(on));
        long had = queue.map(found -> found.number("messages")).orElse(0L);
        String conditions =
                (ifEmpty ? "?if-empty=true" : "") + (ifUnused ? (ifEmpty ? "&" : "?") + "if-unused=true" : "");
        try {
            on.mustDelete(path(on) + conditions, "queue", on.word(0), "So there is nothing to delete.");
        } catch (ApiException.Refused refused) {
            if (ifEmpty || ifUnused) {
                throw new CommandFailure("'%s' was left as it is, because it is not %s."
                        .formatted(
                                on.word(0), ifEmpty && ifUnused ? "empty and unused" : ifEmpty ? "empty" : "unused"));
            }
            throw refused;
        }
        on.say("Deleted '%s' and %s in it.", on.word(0), messages(had));
    }
}
