package io.posthorn.server.cli;

import io.posthorn.server.control.ControlClient;
import io.posthorn.server.control.ControlException;
import io.posthorn.server.control.DelayedLine;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// Shows and cancels messages that wait at an exchange for their time. AMQP has no method for it, so the broker's
/// control socket is asked.
final class DelayedCommand {
    private static final String COUNT = "--count";
    private static final long MOST = 1_000_000;
    private static final String WHERE = "Works on the machine where the broker runs, for the user who runs it.";
    private static final Command.Word EXCHANGE =
            Command.Word.of("EXCHANGE", "the name of an exchange of type x-delayed-message");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    static final Command LIST = new Command(
            "delayed ls",
            List.of(EXCHANGE),
            List.of(Command.Option.with(COUNT, "N", "at most so many (10 if not given)"), Connect.OPTION),
            "List messages that wait at an exchange, the first to come first.",
            List.of(WHERE),
            given -> {
                int count = (int) Math.min(given.number(COUNT).orElse(10L), MOST);
                print(ask(given, (broker, host) -> broker.delayed(host, given.word(0), count)));
                return Cli.OK;
            });

    static final Command CANCEL = new Command(
            "delayed cancel",
            List.of(EXCHANGE, Command.Word.of("ID", "of the message, as 'delayed ls' shows it")),
            List.of(Connect.OPTION),
            "Take a message out before its time comes.",
            List.of("It is gone then.", WHERE),
            given -> {
                long id = id(given);
                if (!ask(given, (broker, host) -> broker.cancelDelayed(host, given.word(0), id))) {
                    throw new CommandFailure(
                            "message %d does not wait at '%s', or no longer.".formatted(id, given.word(0)));
                }
                System.out.printf("Cancelled %d.%n", id);
                return Cli.OK;
            });

    private DelayedCommand() {}

    private static long id(Arguments given) {
        try {
            return Long.parseLong(given.word(1));
        } catch (NumberFormatException e) {
            throw given.wrong("ID is a number, not '%s'.".formatted(given.word(1)));
        }
    }

    private interface Question<T> {
        T of(ControlClient broker, String virtualHost) throws ControlException;
    }

    private static <T> T ask(Arguments given, Question<T> question) {
        var connect = new Connect(given);
        try {
            return question.of(ControlClient.of(connect.uri()), connect.virtualHost());
        } catch (ControlException e) {
            throw new CommandFailure(e.getMessage());
        }
    }

    private static void print(List<DelayedLine> messages) {
        String format = "%-24s %20s %10s  %s%n";
        System.out.printf(format, "DUE", "ID", "BYTES", "FROM");
        for (DelayedLine message : messages) {
            System.out.printf(
                    format,
                    TIME.format(message.dueAt()),
                    message.id(),
                    message.size(),
                    QueueListCommand.shown(message.exchange() + "/" + message.routingKey()));
        }
    }
}
