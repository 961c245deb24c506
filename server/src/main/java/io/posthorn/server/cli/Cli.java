package io.posthorn.server.cli;

import io.posthorn.server.Build;
import io.posthorn.server.StartFailure;
import io.posthorn.server.config.ConfigException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command line: finds the command, runs it, and says what went wrong: a sentence for what a user can mend, a
/// trace only for what is broken here.
public final class Cli {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private static final List<Command> COMMANDS = List.of(
            ServeCommand.COMMAND,
            PublishCommand.COMMAND,
            ConsumeCommand.COMMAND,
            QueueListCommand.COMMAND,
            QueueDeclareCommand.COMMAND,
            QueueDeleteCommand.COMMAND,
            QueuePeekCommand.COMMAND,
            QueuePauseCommand.PAUSE,
            QueuePauseCommand.RESUME,
            DelayedCommand.LIST,
            DelayedCommand.CANCEL);

    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    private Cli() {}

    /// Runs a command line.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage or settings
    public static int execute(String... written) {
        try {
            return run(List.of(written));
        } catch (UsageFailure wrong) {
            return say(WRONG_USAGE, String.valueOf(wrong.getMessage()), wrong.usage());
        } catch (ConfigException wrong) {
            return say(WRONG_USAGE, wrong.problems().toArray(String[]::new));
        } catch (CommandFailure | StartFailure failure) {
            return say(FAILED, String.valueOf(failure.getMessage()));
        } catch (InterruptedException e) {
            return say(FAILED, "interrupted.");
        } catch (RuntimeException broken) {
            ERR.println("posthorn: this should not happen; please report it with what follows.");
            broken.printStackTrace(ERR);
            return FAILED;
        }
    }

    private static int run(List<String> written) throws InterruptedException {
        String first = written.isEmpty() ? "--help" : written.getFirst();
        switch (first) {
            case "--help", "-h", "help" -> overview();
            case "--version", "-V", "version" -> OUT.println("Posthorn " + Build.version());
            default -> {
                return runCommand(written);
            }
        }
        return OK;
    }

    private static int runCommand(List<String> written) throws InterruptedException {
        Optional<Command> found = COMMANDS.stream()
                .filter(command -> startsWith(written, words(command)))
                .findFirst();
        if (found.isEmpty()) {
            return group(written);
        }
        Command command = found.get();
        List<String> rest = written.subList(words(command).size(), written.size());
        if (rest.contains("--help") || rest.contains("-h")) {
            command.fullHelp().forEach(OUT::println);
            return OK;
        }
        return command.action().run(Arguments.read(command, rest));
    }

    // `queue` alone, or with a second word that is none.
    private static int group(List<String> written) {
        String first = written.getFirst();
        List<Command> members = COMMANDS.stream()
                .filter(command -> command.name().startsWith(first + " "))
                .toList();
        if (members.isEmpty()) {
            throw new UsageFailure(
                    "there is no command '%s'.%s".formatted(first, Arguments.didYouMean(first, firstWords())),
                    "'./posthorn' alone says what there is.");
        }
        if (written.size() > 1 && !List.of("--help", "-h").contains(written.get(1))) {
            throw new UsageFailure(
                    "there is no command '%s %s'.".formatted(first, written.get(1)),
                    "'./posthorn %s' alone says what there is.".formatted(first));
        }
        members.forEach(command -> OUT.println(Command.row(command.name(), command.summary())));
        return OK;
    }

    private static void overview() {
        var lines = new ArrayList<String>(List.of(
                "Posthorn is a message broker: it keeps messages in durable queues until somebody takes them.",
                "Programs reach it with any AMQP 0-9-1 client, such as those made for RabbitMQ.",
                "",
                "Commands:"));
        COMMANDS.forEach(command -> lines.add(Command.row(command.name(), command.summary())));
        lines.addAll(List.of(
                "",
                "The first minute:",
                "  ./posthorn serve                       run a broker, until Ctrl-C",
                "  ./posthorn publish hello 'a message'   in another terminal: put a message into the queue 'hello'",
                "  ./posthorn consume hello               take it out again",
                "",
                "./posthorn COMMAND --help says more about a command; README.md has a first program."));
        lines.forEach(OUT::println);
    }

    private static int say(int code, String... sentences) {
        String lead = "posthorn: ";
        for (String sentence : sentences) {
            ERR.println(lead + sentence);
            lead = code == WRONG_USAGE ? "          " : lead;
        }
        return code;
    }

    private static boolean startsWith(List<String> written, List<String> name) {
        return written.size() >= name.size() && written.subList(0, name.size()).equals(name);
    }

    private static List<String> words(Command command) {
        return List.of(command.name().split(" ", -1));
    }

    private static List<String> firstWords() {
        return COMMANDS.stream()
                .map(command -> words(command).getFirst())
                .distinct()
                .toList();
    }
}
