package io.posthorn.server.cli;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/// Options of the few kinds that commands have. Each is made for one command: picocli keeps in it what was written.
final class Options {
    private Options() {}

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this")
                .build();
    }

    static OptionSpec version() {
        return OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("say which release this is")
                .build();
    }

    /// One that stands alone.
    static OptionSpec flag(String name, String meaning) {
        return OptionSpec.builder(name)
                .arity("0")
                .type(boolean.class)
                .description(Command.literal(meaning))
                .build();
    }

    /// @param label what follows it, for people: `QUEUE`
    static OptionSpec text(String name, String label, String meaning) {
        return valued(name, label, meaning).type(String.class).build();
    }

    /// One that may be written many times.
    static OptionSpec texts(String name, String label, String meaning) {
        return valued(name, label, meaning)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
    }

    /// A number of 0 or more.
    static OptionSpec number(String name, String label, String meaning) {
        return valued(name, label, meaning)
                .type(Long.class)
                .converters(number())
                .build();
    }

    /// One of a few.
    static OptionSpec oneOf(List<String> values, String name, String label, String meaning) {
        return valued(name, label, meaning)
                .type(String.class)
                .completionCandidates(values)
                .converters(oneOf(values))
                .build();
    }

    /// @throws TypeConversionException when it is none of them
    static ITypeConverter<String> oneOf(List<String> values) {
        return written -> values.stream()
                .filter(written::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "is one of %s, not '%s'".formatted(String.join(", ", values), written)));
    }

    private static ITypeConverter<Long> number() {
        return written -> {
            if (written.isEmpty() || written.length() > 18 || !written.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new TypeConversionException("takes a number of 0 or more, not '%s'".formatted(written));
            }
            return Long.parseLong(written);
        };
    }

    private static OptionSpec.Builder valued(String name, String label, String meaning) {
        return OptionSpec.builder(name).paramLabel(label).arity("1").description(Command.literal(meaning));
    }
}
