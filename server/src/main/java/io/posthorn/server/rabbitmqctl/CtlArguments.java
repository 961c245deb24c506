package io.posthorn.server.rabbitmqctl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// A command line of rabbitmqctl: options may stand anywhere, before the command too.
final class CtlArguments {
    /// By their short letters; a value follows those that end in `=`.
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("-n", "--node="),
            Map.entry("-q", "--quiet"),
            Map.entry("-s", "--silent"),
            Map.entry("-l", "--longnames"),
            Map.entry("-t", "--timeout="),
            Map.entry("-p", "--vhost="),
            Map.entry("-e", "--if-empty"),
            Map.entry("-u", "--if-unused"),
            Map.entry("-?", "--help"));

    private static final List<String> COMMON = List.of(
            "--node=",
            "--quiet",
            "--silent",
            "--longnames",
            "--timeout=",
            "--vhost=",
            "--formatter=",
            "--no-table-headers",
            "--table-headers",
            "--script-name=",
            "--help",
            "--dry-run");

    private final List<String> words = new ArrayList<>();
    private final Map<String, String> options = new HashMap<>();
    private final List<String> given;

    /// Of all commands; those that are not known are refused when it is known which command it is.
    private final List<String> unknown = new ArrayList<>();

    CtlArguments(List<String> given) {
        this.given = List.copyOf(given);
        for (Iterator<String> rest = given.iterator(); rest.hasNext(); ) {
            String next = rest.next();
            // A negative number is a word, and so is the pattern `^---$` or a single dash.
            if ((next.startsWith("--") && next.length() > 2) || (next.length() == 2 && SHORT.containsKey(next))) {
                option(next, rest);
            } else {
                words.add(next);
            }
        }
    }

    private void option(String written, Iterator<String> rest) {
        int equals = written.startsWith("--") ? written.indexOf('=') : -1;
        String name = equals < 0 ? written : written.substring(0, equals);
        String known = SHORT.getOrDefault(name, name);
        boolean hasValue = known.endsWith("=") || takesValue(known);
        String key = known.endsWith("=") ? known.substring(0, known.length() - 1) : known;
        unknown.add(key);
        if (equals >= 0) {
            options.put(key, written.substring(equals + 1));
        } else if (hasValue && rest.hasNext()) {
            options.put(key, rest.next());
        } else {
            options.put(key, "true");
        }
    }

    private static boolean takesValue(String name) {
        return COMMON.contains(name + "=") || VALUES.contains(name);
    }

    private static final List<String> VALUES = List.of(
            "--priority",
            "--apply-to",
            "--description",
            "--tags",
            "--default-queue-type",
            "--user",
            "--limit",
            "--per-connection-delay",
            "--format",
            "--reason");

    /// @throws CtlFailure when the command does not take them
    void check(CtlCommand command) {
        List<String> wrong = unknown.stream()
                .filter(name -> !COMMON.contains(name) && !COMMON.contains(name + "="))
                .filter(name -> !command.options().contains(name))
                .toList();
        if (!wrong.isEmpty()) {
            var lines = new StringBuilder("Invalid options for this command:");
            wrong.forEach(name -> lines.append('\n').append(name).append(" : ").append(shown(name)));
            throw CtlFailure.arguments(CtlFailure.USAGE, lines.toString());
        }
        int count = words.size() - 1;
        if (count < command.least()) {
            throw CtlFailure.arguments(CtlFailure.USAGE, "not enough arguments.");
        }
        if (count > command.most()) {
            throw CtlFailure.arguments(CtlFailure.USAGE, "too many arguments.");
        }
    }

    private String shown(String name) {
        String value = options.getOrDefault(name, "");
        return value.equals("true") ? "" : value;
    }

    String given() {
        return String.join(" ", given);
    }

    /// Empty when no command was given.
    Optional<String> command() {
        return words.isEmpty() ? Optional.empty() : Optional.of(words.getFirst());
    }

    /// Behind the command.
    String word(int index) {
        return words.get(index + 1);
    }

    List<String> words() {
        return List.copyOf(words.subList(1, words.size()));
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(options.get(option));
    }

    OptionalDouble number(String option) {
        return value(option)
                .map(text -> {
                    try {
                        return OptionalDouble.of(Double.parseDouble(text));
                    } catch (NumberFormatException e) {
                        throw CtlFailure.arguments(
                                CtlFailure.USAGE, "Invalid options for this command:\n%s : %s".formatted(option, text));
                    }
                })
                .orElse(OptionalDouble.empty());
    }
}
