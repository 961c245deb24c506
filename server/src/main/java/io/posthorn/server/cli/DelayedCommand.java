package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.encode;
import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Shows and cancels messages that wait at an exchange for their time.
final class DelayedCommand {
    private static final String COUNT = "--count";
    private static final int PAGE = 1_000;
    private static final String EXCHANGE = "the name of an exchange of type x-delayed-message";

    private static final Listing MESSAGES = new Listing()
            .column("DUE", "due_at")
            .column("ID", "id")
            .column("BYTES", "body_bytes")
            .column("EXCHANGE", "exchange")
            .column("KEY", "routing_key");

    private DelayedCommand() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "List messages that wait at an exchange, the first to come first.")
                                .word("EXCHANGE", EXCHANGE)
                                .number(COUNT, "N", "at most so many (10 if not given)")
                                .option(Format.option()),
                        DelayedCommand::list),
                Management.doneInHost(
                        Command.named("cancel", "Take a message out before its time comes. It is gone then.")
                                .word("EXCHANGE", EXCHANGE)
                                .word("ID", "of the message, as 'delayed ls' shows it"),
                        DelayedCommand::cancel));
    }

    private static String path(Management on) {
        return v1("vhosts", on.virtualHost(), "exchanges", on.word(0), "delayed");
    }

    private static void list(Management on) {
        long left = on.given().number(COUNT).orElse(10L);
        var messages = new ArrayList<Json>();
        String from = "";
        do {
            Json page = on.broker().get(path(on) + "?limit=" + Math.clamp(left, 1L, (long) PAGE) + from);
            messages.addAll(page.get("messages").elements());
            left -= page.get("messages").elements().size();
            from = page.optionalText("next")
                    .map(next -> "&from=" + encode(next))
                    .orElse("");
        } while (left > 0 && !from.isEmpty());
        on.print(MESSAGES, messages);
    }

    private static void cancel(Management on) {
        try {
            on.broker().delete(path(on) + "/" + encode(on.word(1)));
        } catch (ApiException.NotFound e) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "message %s does not wait at '%s', or no longer. './posthorn delayed ls %s' shows what does."
                            .formatted(on.word(1), on.word(0), on.word(0)));
        }
        on.say("Cancelled %s.", on.word(1));
    }
}
