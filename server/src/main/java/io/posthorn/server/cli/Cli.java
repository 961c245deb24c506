package io.posthorn.server.cli;

import io.posthorn.server.Build;
import io.posthorn.server.StartFailure;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.JsonException;
import io.posthorn.server.config.ConfigException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

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

    // Words for what picocli has as options: `help queue ls` is `queue ls --help`.
    private static List<String> plainly(List<String> written) {
        return switch (written.isEmpty() ? "help" : written.getFirst()) {
            case "help" ->
                Stream.concat(written.stream().skip(1), Stream.of("--help")).toList();
            case "version" -> List.of("--version");
            default -> written;
        };
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
        ParseResult given = read(plainly(written));
        if (given.isVersionHelpRequested()) {
            System.out.println("Posthorn " + Build.version());
            return ExitCode.OK;
        }
        if (given.isUsageHelpRequested() || !(given.commandSpec().userObject() instanceof Command.Action action)) {
            given.commandSpec().commandLine().usage(System.out);
            return ExitCode.OK;
        }
        return action.run(new Given(given));
    }

    /// What was written, as the command that it names takes it.
    ///
    /// @throws UsageFailure when there is no such command, or it does not take that
    static ParseResult read(List<String> written) {
        var root = new CommandLine(CommandTree.of(written))
                .setExpandAtFiles(false) // '@' begins no name of a file, but may begin a message
                .setOverwrittenOptionsAllowed(true);
        try {
            ParseResult given = root.parseArgs(written.toArray(String[]::new));
            while (given.hasSubcommand()) {
                given = given.subcommand();
            }
            return given;
        } catch (ParameterException wrong) {
            throw UsageFailure.of(wrong);
        }
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
}
