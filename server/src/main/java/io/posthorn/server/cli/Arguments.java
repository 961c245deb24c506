package io.posthorn.server.cli;

import io.posthorn.console.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was written behind a command's name, read by what the command takes.
final class Arguments {
    private final Command command;
    private final List<String> words = new ArrayList<>();
    private final Map<String, List<String>> options = new HashMap<>();

    private Arguments(Command command) {
        this.command = command;
    }

    /// @throws UsageFailure when the command does not take that
    static Arguments read(Command command, List<String> written) {
        var arguments = new Arguments(command);
        boolean onlyWords = false;
        for (Iterator<String> rest = written.iterator(); rest.hasNext(); ) {
            String next = rest.next();
            if (onlyWords || next.equals("-") || !next.startsWith("-")) {
                arguments.words.add(next);
            } else if (next.equals("--")) {
                onlyWords = true; // what follows may begin with a dash
            } else {
                arguments.readOption(next, rest);
            }
        }
        arguments.checkWords();
        return arguments;
    }

    String word(int index) {
        return words.get(index);
    }

    Optional<String> optionalWord(int index) {
        return index < words.size() ? Optional.of(words.get(index)) : Optional.empty();
    }

    /// From this place on.
    List<String> wordsFrom(int index) {
        return index < words.size() ? List.copyOf(words.subList(index, words.size())) : List.of();
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    /// One that may be written many times.
    List<String> values(String option) {
        return options.getOrDefault(option, List.of());
    }

    /// One that may be written once; of more, the last counts.
    Optional<String> value(String option) {
        List<String> values = values(option);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    /// @throws UsageFailure when it is no number of 0 or more
    Optional<Long> number(String option) {
        return value(option).map(text -> {
            try {
                long number = Long.parseLong(text);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw wrong("%s takes a number, not '%s'.".formatted(option, text));
            }
            throw wrong("%s takes a number of 0 or more, not '%s'.".formatted(option, text));
        });
    }

    UsageFailure wrong(String what) {
        return new UsageFailure(what, "Usage: " + command.synopsis());
    }

    private void readOption(String written, Iterator<String> rest) {
        int equals = written.indexOf('=');
        String name = equals < 0 ? written : written.substring(0, equals);
        Command.Option option = command.options().stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
        if (option.value().isEmpty()) {
            if (equals >= 0) {
                throw wrong(name + " takes no value.");
            }
            add(name, "true");
        } else if (equals >= 0) {
            add(name, written.substring(equals + 1));
        } else if (rest.hasNext()) {
            add(name, rest.next());
        } else {
            throw wrong("%s needs a value: %s.".formatted(name, option));
        }
    }

    private void add(String name, String value) {
        options.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    private UsageFailure unknown(String name) {
        List<String> names =
                command.options().stream().map(Command.Option::name).toList();
        return wrong("there is no option '%s'.%s".formatted(name, didYouMean(name, names)));
    }

    private void checkWords() {
        if (words.size() > command.words().size() && !takesMoreWords()) {
            throw wrong("'%s' is one word too many."
                    .formatted(words.get(command.words().size())));
        }
        if (words.size() < command.words().size()) {
            Command.Word missing = command.words().get(words.size());
            if (!missing.optional()) {
                throw wrong("%s is missing: %s.".formatted(missing.label(), missing.meaning()));
            }
        }
    }

    private boolean takesMoreWords() {
        return !command.words().isEmpty() && command.words().getLast().repeated();
    }

    static String didYouMean(String written, List<String> names) {
        return NearestName.of(written, names)
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
    }
}
