package io.posthorn.server.cli;

import io.posthorn.server.control.ControlClient;
import io.posthorn.server.control.ControlException;
import java.util.List;

/// Pauses and resumes a queue. AMQP has no method for it, so the broker's control socket is asked.
final class QueuePauseCommand {
    private static final String REASON = "--reason";
    private static final String WHERE = "Works on the machine where the broker runs, for the user who runs it.";

    static final Command PAUSE = new Command(
            "queue pause",
            List.of(Command.Word.of("QUEUE", "the queue's name")),
            List.of(
                    Command.Option.with(REASON, "TEXT", "why, for whoever wonders; 'queue ls' shows it"),
                    Connect.OPTION),
            "Let a queue take messages and deliver none.",
            List.of("Consumers stay, and a restart changes nothing of it.", WHERE),
            given -> {
                String queue = given.word(0);
                ask(
                        given,
                        (broker, host) ->
                                broker.pause(host, queue, given.value(REASON).orElse("by hand")));
                System.out.printf("Paused '%s'. './posthorn queue resume' lets it go on.%n", queue);
                return Cli.OK;
            });

    static final Command RESUME = new Command(
            "queue resume",
            List.of(Command.Word.of("QUEUE", "the queue's name")),
            List.of(Connect.OPTION),
            "Let a paused queue deliver again.",
            List.of(WHERE),
            given -> {
                String queue = given.word(0);
                ask(given, (broker, host) -> broker.resume(host, queue));
                System.out.printf("Resumed '%s'.%n", queue);
                return Cli.OK;
            });

    private QueuePauseCommand() {}

    private interface Wish {
        void of(ControlClient broker, String virtualHost) throws ControlException;
    }

    private static void ask(Arguments given, Wish wish) {
        var connect = new Connect(given);
        try {
            wish.of(ControlClient.of(connect.uri()), connect.virtualHost());
        } catch (ControlException e) {
            throw new CommandFailure(e.getMessage());
        }
    }
}
