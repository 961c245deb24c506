package io.posthorn.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Describes a command to picocli, which reads command lines by it and prints its help. Through picocli's model and not
/// its annotations, for which every start would look (`docs/adr/0019-picocli.md`). Not thread-safe.
final class Command {
    private static final int WIDTH = 110;
    private static final int NAMES = 26;

    private final String name;
    private final String summary;
    private final List<PositionalParamSpec> words = new ArrayList<>();
    private final List<OptionSpec> options = new ArrayList<>();
    private String[] help = {};

    private Command(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    interface Action {
        /// @return the exit code
        ExitCode run(Given given) throws InterruptedException;
    }

    /// @param name its last word: `ls` of `queue ls`
    static Command named(String name, String summary) {
        return new Command(name, summary);
    }

    /// A word by its place.
    Command word(String label, String meaning) {
        return word(label, "1", meaning);
    }

    Command optionalWord(String label, String meaning) {
        return word(label, "0..1", meaning);
    }

    /// One of a few.
    Command wordOf(List<String> values, String label, String meaning) {
        words.add(describe(label, meaning)
                .arity("1")
                .required(true)
                .type(String.class)
                .completionCandidates(values)
                .converters(Options.oneOf(values))
                .build());
        return this;
    }

    /// As many as there are, also none.
    Command moreWords(String label, String meaning) {
        words.add(describe(label, meaning)
                .index(words.size() + "..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build());
        return this;
    }

    Command flag(String option, String meaning) {
        return option(Options.flag(option, meaning));
    }

    Command option(String option, String value, String meaning) {
        return option(Options.text(option, value, meaning));
    }

    Command number(String option, String value, String meaning) {
        return option(Options.number(option, value, meaning));
    }

    Command option(OptionSpec option) {
        options.add(option);
        return this;
    }

    Command help(String... lines) {
        help = lines;
        return this;
    }

    CommandSpec does(Action action) {
        CommandSpec spec = describe(CommandSpec.wrapWithoutInspection(action), name, summary);
        words.forEach(spec::addPositional);
        options.forEach(spec::addOption);
        spec.addOption(Options.help());
        spec.usageMessage()
                .parameterListHeading("%n")
                .optionListHeading(words.isEmpty() ? "%n" : "")
                .footerHeading(help.length == 0 ? "" : "%n")
                .footer(Stream.of(help).map(Command::literal).toArray(String[]::new));
        return spec;
    }

    /// A command that only has others.
    static CommandSpec group(String name, String summary) {
        CommandSpec spec = describe(CommandSpec.create(), name, summary).addOption(Options.help());
        spec.usageMessage().optionListHeading("%n").commandListHeading("%nCommands:%n");
        return spec;
    }

    /// picocli takes texts for formats.
    static String literal(String text) {
        return text.replace("%", "%%");
    }

    /// What a format says that was made by [#literal].
    static String text(String[] formats) {
        return String.join(" ", formats).replace("%%", "%");
    }

    private Command word(String label, String arity, String meaning) {
        words.add(describe(label, meaning)
                .arity(arity)
                .required(arity.equals("1"))
                .type(String.class)
                .build());
        return this;
    }

    private PositionalParamSpec.Builder describe(String label, String meaning) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(words.size()))
                .paramLabel(label)
                .description(literal(meaning));
    }

    private static CommandSpec describe(CommandSpec spec, String name, String summary) {
        spec.name(name)
                .interpolateVariables(false) // a ${...} in a text is text
                .usageMessage()
                .width(WIDTH)
                .longOptionsMaxWidth(NAMES)
                .sortOptions(false)
                .sortSynopsis(false)
                .descriptionHeading("%n")
                .description(literal(summary));
        return spec;
    }
}
