package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Shows messages of a queue, which stay where they are.
final class QueuePeekCommand {
    private static final String STATE = "--state";
    private static final String COUNT = "--count";
    private static final int PAGE = 256;
    private static final int SHOWN = 256;

    private static final Listing MESSAGES = new Listing()
            .column("QUEUE", "queue")
            .column("ID", "id")
            .column("BYTES", "body_bytes")
            .column("EXCHANGE", "exchange")
            .column("KEY", "routing_key")
            .column("AGAIN", "redelivered")
            .column("BODY", "body", message -> Json.of(body(message)));

    private QueuePeekCommand() {}

    static OptionSpec state() {
        return Options.oneOf(
                List.of("ready", "unsettled", "dead"), STATE, "STATE", "ready (if not given), unsettled or dead");
    }

    static CommandSpec named(String name) {
        return Management.doneInHost(
                Command.named(name, "Look at messages without taking them, the oldest first.")
                        .word("QUEUE", QueueCommands.NAME)
                        .option(state())
                        .number(COUNT, "N", "at most so many (10 if not given)")
                        .option(Format.option())
                        .help(
                                "Ready ones wait for a consumer, unsettled ones were delivered and are not settled, and dead ones",
                                "are in other queues, where this queue's dead letters went. AGAIN are those that may have been",
                                "delivered before. Of a body the first %d bytes are shown.".formatted(SHOWN)),
                QueuePeekCommand::run);
    }

    private static void run(Management on) {
        String state = on.given().value(STATE).orElse("ready");
        var messages = new ArrayList<Json>();
        forEach(on, "messages?body=" + SHOWN, state, on.given().number(COUNT).orElse(10L), messages::add);
        on.print(MESSAGES, messages);
    }

    /// Page by page, until there are as many as are wanted, or no more.
    ///
    /// @param route of the queue, with a query begun
    static void forEach(Management on, String route, String state, long most, Consumer<Json> message) {
        String path = v1("vhosts", on.virtualHost(), "queues", on.word(0)) + "/" + route;
        long left = most;
        long from = 0;
        while (left > 0) {
            Json page = page(on, path + "&state=%s&from=%d&limit=%d".formatted(state, from, Math.min(left, PAGE)));
            List<Json> messages = page.get("messages").elements();
            messages.forEach(message);
            left -= messages.size();
            if (page.optionalNumber("next").isEmpty()) {
                return;
            }
            from = page.number("next");
        }
    }

    private static Json page(Management on, String path) {
        try {
            return on.broker().get(path);
        } catch (ApiException.NotFound e) {
            throw Management.notFound("queue", on.word(0), QueueCommands.NEXT);
        }
    }

    private static String body(Json message) {
        String body = message.text("body");
        boolean isText = message.text("body_encoding").equals("utf-8");
        long shown = isText
                ? body.getBytes(StandardCharsets.UTF_8).length
                : Base64.getDecoder().decode(body).length;
        String text = isText ? body : "base64:" + body;
        return message.number("body_bytes") > shown ? text + " ..." : text;
    }
}
