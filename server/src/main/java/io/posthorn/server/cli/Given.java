package io.posthorn.server.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// What was written behind a command's name, as picocli has read it.
record Given(ParseResult parsed, List<String> words) {
    Given(ParseResult parsed) {
        this(parsed, words(parsed));
    }

    // In the order of their places, which is the order in which the command's words were described.
    private static List<String> words(ParseResult parsed) {
        return parsed.matchedPositionalsSet().stream()
                .map(PositionalParamSpec::originalStringValues)
                .flatMap(List::stream)
                .toList();
    }

    String word(int index) {
        return words.get(index);
    }

    Optional<String> optionalWord(int index) {
        return index < words.size() ? Optional.of(words.get(index)) : Optional.empty();
    }

    /// From this place on.
    List<String> wordsFrom(int index) {
        return index < words.size() ? words.subList(index, words.size()) : List.of();
    }

    boolean has(String option) {
        return parsed.hasMatchedOption(option);
    }

    /// One that may be written many times.
    List<String> values(String option) {
        return parsed.matchedOptionValue(option, List.of());
    }

    /// One that may be written once; of more, the last counts.
    Optional<String> value(String option) {
        return Optional.ofNullable(parsed.matchedOption(option)).map(OptionSpec::getValue);
    }

    Optional<Long> number(String option) {
        return Optional.ofNullable(parsed.matchedOption(option)).map(OptionSpec::getValue);
    }

    UsageFailure wrong(String what) {
        return new UsageFailure(what, UsageFailure.usage(parsed.commandSpec().commandLine()));
    }
}
