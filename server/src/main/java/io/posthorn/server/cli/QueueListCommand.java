package io.posthorn.server.cli;

import io.posthorn.server.control.ControlClient;
import io.posthorn.server.control.ControlException;
import io.posthorn.server.control.QueueLine;
import java.util.List;
import java.util.stream.Collectors;

/// Lists queues. AMQP has no method for it, so the broker's control socket is asked.
final class QueueListCommand {
    static final Command COMMAND = new Command(
            "queue ls",
            List.of(),
            List.of(Connect.OPTION),
            "List the queues.",
            List.of("Works on the machine where the broker runs, for the user who runs it."),
            QueueListCommand::run);

    private QueueListCommand() {}

    private static int run(Arguments given) {
        var connect = new Connect(given);
        try {
            print(ControlClient.of(connect.uri()).queues(connect.virtualHost()));
            return Cli.OK;
        } catch (ControlException e) {
            throw new CommandFailure(e.getMessage());
        }
    }

    private static void print(List<QueueLine> queues) {
        int width =
                queues.stream().mapToInt(queue -> shown(queue.name()).length()).reduce("QUEUE".length(), Math::max);
        String format = "%-" + width + "s %10s %10s %10s  %s%n";
        System.out.printf(format, "QUEUE", "READY", "UNSETTLED", "CONSUMERS", "KIND");
        for (QueueLine queue : queues) {
            String kind = queue.paused() == null ? queue.kind() : queue.kind() + ", paused: " + shown(queue.paused());
            System.out.printf(format, shown(queue.name()), queue.ready(), queue.unsettled(), queue.consumers(), kind);
        }
    }

    // A name may hold anything, control characters of the terminal included.
    static String shown(String name) {
        return name.codePoints()
                .mapToObj(c -> Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
    }
}
