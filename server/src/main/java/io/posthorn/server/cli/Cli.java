package io.posthorn.server.cli;

import io.posthorn.server.Build;
import io.posthorn.server.StartFailure;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.JsonException;
import io.posthorn.server.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The command line: finds the command, runs it, and says what went wrong: a sentence for what a user can mend, a
/// trace only for what is broken here.
public final class Cli {
    private Cli() {}

    /// Runs a command line.
    ///
    /// @return the exit code
    public static int execute(String... written) {
        return outcome(List.of(written)).number();
    }

    private static ExitCode outcome(List<String> written) {
        try {
            return run(written);
        } catch (UsageFailure wrong) {
            return say(ExitCode.WRONG_USAGE, String.valueOf(wrong.getMessage()), wrong.usage());
        } catch (ConfigException wrong) {
            return say(ExitCode.WRONG_USAGE, wrong.problems().toArray(String[]::new));
        } catch (CommandFailure failure) {
            return say(failure.code(), String.valueOf(failure.getMessage()));
        } catch (ApiException refused) {
            return say(code(refused), refused.sentence());
        } catch (JsonException notJson) {
            return say(ExitCode.FAILED, "what the broker answered is no JSON: %s.".formatted(notJson.getMessage()));
        } catch (StartFailure failure) {
            return say(ExitCode.FAILED, String.valueOf(failure.getMessage()));
        } catch (InterruptedException e) {
            return say(ExitCode.FAILED, "interrupted.");
        } catch (RuntimeException broken) {
            System.err.println("posthorn: this should not happen; please report it with what follows.");
            broken.printStackTrace(System.err);
            return ExitCode.FAILED;
        }
    }

    private static ExitCode code(ApiException refused) {
        return switch (refused) {
            case ApiException.Unreachable _ -> ExitCode.UNREACHABLE;
            case ApiException.NotAllowed _ -> ExitCode.NOT_ALLOWED;
            case ApiException.NotFound _ -> ExitCode.NOT_FOUND;
            case ApiException.Refused _ -> ExitCode.FAILED;
        };
    }

    private static ExitCode run(List<String> written) throws InterruptedException {
        String first = written.isEmpty() ? "--help" : written.getFirst();
        switch (first) {
            case "--help", "-h", "help" -> overview();
            case "--version", "-V", "version" -> System.out.println("Posthorn " + Build.version());
            default -> {
                return runIn(CommandTree.group(first).orElseThrow(() -> unknown(first)), written);
            }
        }
        return ExitCode.OK;
    }

    private static ExitCode runIn(CommandTree.Group group, List<String> written) throws InterruptedException {
        List<Command> commands = group.commands().get();
        Optional<Command> found = commands.stream()
                .filter(command -> startsWith(written, words(command)))
                .findFirst();
        if (found.isEmpty()) {
            return listGroup(group, commands, written);
        }
        Command command = found.get();
        List<String> rest = written.subList(words(command).size(), written.size());
        if (asksForHelp(rest)) {
            command.fullHelp().forEach(System.out::println);
            return ExitCode.OK;
        }
        return command.action().run(Arguments.read(command, rest));
    }

    private static boolean asksForHelp(List<String> rest) {
        int words = rest.indexOf("--");
        List<String> options = words < 0 ? rest : rest.subList(0, words);
        return options.contains("--help") || options.contains("-h");
    }

    // `queue` alone, or with a second word that is none.
    private static ExitCode listGroup(CommandTree.Group group, List<Command> commands, List<String> written) {
        if (written.size() > 1 && !List.of("--help", "-h").contains(written.get(1))) {
            String second = written.get(1);
            List<String> known =
                    commands.stream().map(command -> words(command).getLast()).toList();
            throw new UsageFailure(
                    "there is no command '%s %s'.%s"
                            .formatted(group.name(), second, Arguments.didYouMean(second, known)),
                    "'./posthorn %s' alone says what there is.".formatted(group.name()));
        }
        commands.forEach(command -> System.out.println(Command.row(command.name(), command.summary())));
        return ExitCode.OK;
    }

    private static UsageFailure unknown(String first) {
        return new UsageFailure(
                "there is no command '%s'.%s".formatted(first, Arguments.didYouMean(first, CommandTree.names())),
                "'./posthorn' alone says what there is.");
    }

    private static void overview() {
        var lines = new ArrayList<String>(List.of(
                "Posthorn is a message broker: it keeps messages in durable queues until somebody takes them.",
                "Programs reach it with any AMQP 0-9-1 client, such as those made for RabbitMQ.",
                "",
                "Commands:"));
        CommandTree.GROUPS.forEach(group -> lines.add(Command.row(group.name(), group.summary())));
        lines.addAll(List.of(
                "",
                "The first minute:",
                "  ./posthorn serve                       run a broker, until Ctrl-C",
                "  ./posthorn publish hello 'a message'   in another terminal: put a message into the queue 'hello'",
                "  ./posthorn consume hello               take it out again",
                "",
                "./posthorn COMMAND --help says more about a command; README.md has a first program."));
        lines.forEach(System.out::println);
    }

    private static ExitCode say(ExitCode code, String... sentences) {
        System.out.flush();
        String lead = "posthorn: ";
        for (String sentence : sentences) {
            // Advice may have several lines; what it quotes must not be obeyed by a terminal.
            System.err.println(lead + sentence.lines().map(Shown::text).collect(Collectors.joining("\n")));
            lead = code == ExitCode.WRONG_USAGE ? "          " : lead;
        }
        return code;
    }

    private static boolean startsWith(List<String> written, List<String> name) {
        return written.size() >= name.size() && written.subList(0, name.size()).equals(name);
    }

    private static List<String> words(Command command) {
        return List.of(command.name().split(" ", -1));
    }
}
