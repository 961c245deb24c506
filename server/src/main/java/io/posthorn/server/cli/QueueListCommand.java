package io.posthorn.server.cli;

import io.posthorn.server.control.ControlClient;
import io.posthorn.server.control.ControlException;
import io.posthorn.server.control.QueueLine;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
        name = "ls",
        description = "List the queues.",
        footer = {"", "Asks the broker's control socket: on the machine where it runs, as the user who runs it."})
final class QueueListCommand implements Callable<Integer> {
    @Mixin
    private Connect connect = new Connect();

    @Override
    public Integer call() {
        try {
            print(ControlClient.of(connect.uri()).queues(connect.virtualHost()));
            return ExitCode.OK;
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
            System.out.printf(
                    format, shown(queue.name()), queue.ready(), queue.unsettled(), queue.consumers(), queue.kind());
        }
    }

    // A name may hold anything, control characters of the terminal included.
    private static String shown(String name) {
        return name.codePoints()
                .mapToObj(c -> Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
    }
}
