package io.posthorn.server.cli;

import io.posthorn.server.control.ControlClient;
import io.posthorn.server.control.ControlException;
import io.posthorn.server.control.PeekLine;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Shows messages of a queue, which stay where they are. AMQP has no method for it, so the broker's control socket is
/// asked.
final class QueuePeekCommand {
    private static final String STATE = "--state";
    private static final String COUNT = "--count";
    private static final long MOST = 1_000_000;
    private static final List<String> STATES = List.of("ready", "unsettled", "dead");

    static final Command COMMAND = new Command(
            "queue peek",
            List.of(Command.Word.of("QUEUE", "the queue's name")),
            List.of(
                    Command.Option.with(STATE, "STATE", "ready (if not given), unsettled or dead"),
                    Command.Option.with(COUNT, "N", "at most so many (10 if not given)"),
                    Connect.OPTION),
            "Look at messages without taking them, the oldest first.",
            List.of(
                    "Ready ones wait for a consumer, unsettled ones were delivered and are not settled, and dead ones",
                    "are in other queues, where this queue's dead letters went.",
                    "Works on the machine where the broker runs, for the user who runs it."),
            QueuePeekCommand::run);

    private QueuePeekCommand() {}

    private static int run(Arguments given) {
        String state = given.value(STATE).orElse("ready");
        if (!STATES.contains(state)) {
            throw given.wrong("--state is one of %s, not '%s'.".formatted(String.join(", ", STATES), state));
        }
        int count = (int) Math.min(given.number(COUNT).orElse(10L), MOST);
        var connect = new Connect(given);
        try {
            print(ControlClient.of(connect.uri()).peek(connect.virtualHost(), given.word(0), state, count));
            return Cli.OK;
        } catch (ControlException e) {
            throw new CommandFailure(e.getMessage());
        }
    }

    private static void print(List<PeekLine> messages) {
        int width = messages.stream()
                .mapToInt(message -> shown(message.queue()).length())
                .reduce("QUEUE".length(), Math::max);
        String format = "%-" + width + "s %12s %10s  %-24s  %s%n";
        System.out.printf(format, "QUEUE", "ID", "BYTES", "FROM", "BODY");
        for (PeekLine message : messages) {
            String from = message.exchange().isEmpty()
                    ? message.routingKey()
                    : message.exchange() + "/" + message.routingKey();
            System.out.printf(
                    format,
                    shown(message.queue()),
                    message.redelivered() ? message.id() + "*" : "" + message.id(),
                    message.size(),
                    shown(from),
                    body(message));
        }
        if (messages.stream().anyMatch(PeekLine::redelivered)) {
            System.out.println("* may have been delivered before");
        }
    }

    private static String body(PeekLine message) {
        String text = shown(new String(message.body(), StandardCharsets.UTF_8));
        return message.size() > message.body().length ? text + " ..." : text;
    }

    private static String shown(String text) {
        return QueueListCommand.shown(text);
    }
}
