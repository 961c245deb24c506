package io.posthorn.server.cli;

import io.posthorn.server.StartFailure;
import io.posthorn.server.config.ConfigException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong: a sentence for what a user can mend, a trace only for what is broken here.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        return switch (thrown) {
            case ParameterException wrong -> handleParseException(wrong, new String[0]);
            case ConfigException wrong -> say(command, wrong.problems(), ExitCode.USAGE);
            case CommandFailure failure ->
                say(command, List.of(String.valueOf(failure.getMessage())), ExitCode.SOFTWARE);
            case StartFailure failure -> say(command, List.of(String.valueOf(failure.getMessage())), ExitCode.SOFTWARE);
            default -> {
                command.getErr().println("posthorn: this should not happen; please report it with what follows.");
                thrown.printStackTrace(command.getErr());
                yield ExitCode.SOFTWARE;
            }
        };
    }

    @Override
    public int handleParseException(ParameterException thrown, String[] arguments) {
        CommandLine command = thrown.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("posthorn: " + text(thrown));
        if (!UnmatchedArgumentException.printSuggestions(thrown, err)) {
            err.println("Usage: "
                    + command.getUsageMessage().lines().findFirst().orElse("").replaceFirst("^Usage: ", ""));
        }
        err.printf("See '%s --help'.%n", command.getCommandSpec().qualifiedName());
        return ExitCode.USAGE;
    }

    private static String text(ParameterException thrown) {
        return thrown instanceof UnmatchedArgumentException unmatched
                ? "what is %s?".formatted(String.join(" ", unmatched.getUnmatched()))
                : String.valueOf(thrown.getMessage());
    }

    private static int say(CommandLine command, List<String> sentences, int code) {
        sentences.forEach(sentence -> command.getErr().println("posthorn: " + sentence));
        command.getErr().flush();
        return code;
    }
}
