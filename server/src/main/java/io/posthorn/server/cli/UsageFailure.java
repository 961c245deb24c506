package io.posthorn.server.cli;

import java.io.Serial;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command line that makes no sense.
final class UsageFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String usage;

    /// @param usage what could have been written
    UsageFailure(String what, String usage) {
        super(what, null, false, false);
        this.usage = usage;
    }

    String usage() {
        return usage;
    }

    /// What picocli does not like, in our words.
    static UsageFailure of(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        return switch (wrong) {
            case UnmatchedArgumentException unmatched
            when !unmatched.isUnknownOption() && !command.getSubcommands().isEmpty() ->
                noCommand(unmatched, command.getCommandSpec().qualifiedName());
            case UnmatchedArgumentException unmatched -> new UsageFailure(unmatched(unmatched), usage(command));
            case MissingParameterException missing -> new UsageFailure(missing(missing), usage(command));
            default -> new UsageFailure(invalid(wrong), usage(command));
        };
    }

    /// `Usage: ./posthorn consume [--follow] [--count=N] QUEUE`
    static String usage(CommandLine command) {
        CommandLine.Help help = command.getHelp();
        return (help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength())).stripTrailing();
    }

    private static UsageFailure noCommand(UnmatchedArgumentException unmatched, String group) {
        String name = group.substring(group.indexOf(' ') + 1) + " ";
        return new UsageFailure(
                "there is no command '%s%s'.%s"
                        .formatted(
                                group.contains(" ") ? name : "",
                                unmatched.getUnmatched().getFirst(),
                                didYouMean(unmatched.getSuggestions())),
                "'%s' alone says what there is.".formatted(group));
    }

    private static String unmatched(UnmatchedArgumentException unmatched) {
        String first = unmatched.getUnmatched().getFirst();
        return unmatched.isUnknownOption()
                ? "there is no option '%s'.%s".formatted(first, didYouMean(unmatched.getSuggestions()))
                : "'%s' is one word too many.".formatted(first);
    }

    private static String didYouMean(List<String> suggestions) {
        return suggestions.isEmpty() ? "" : " Did you mean '" + String.join("' or '", suggestions) + "'?";
    }

    private static String missing(MissingParameterException missing) {
        ArgSpec what = missing.getMissing().getFirst();
        return what instanceof OptionSpec option
                ? "%s needs a value: %s.".formatted(option.longestName(), option.paramLabel())
                : "%s is missing: %s.".formatted(what.paramLabel(), Command.text(what.description()));
    }

    private static String invalid(ParameterException wrong) {
        return wrong.getCause() instanceof TypeConversionException kind
                ? "%s %s.".formatted(name(wrong.getArgSpec()), kind.getMessage())
                : wrong.getMessage() + ".";
    }

    private static String name(ArgSpec what) {
        return what instanceof OptionSpec option ? option.longestName() : what.paramLabel();
    }
}
