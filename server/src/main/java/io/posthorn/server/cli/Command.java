package io.posthorn.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One command: what may be written behind its name, the help that says so, and what it does.
///
/// Read by hand and not by a library of annotations: those cost a third of a second of CPU before the first
/// command has begun, six times as much as the start of the JVM itself.
///
/// @param name one word, or two: `queue ls`
/// @param words the words it takes: `QUEUE`, or `[BODY]` for one that may be missing
/// @param help more lines of help
record Command(String name, List<Word> words, List<Option> options, String summary, List<String> help, Action action) {
    /// A word by its place.
    record Word(String label, boolean optional, String meaning) {
        static Word of(String label, String meaning) {
            return new Word(label, false, meaning);
        }

        @Override
        public String toString() {
            return optional ? "[" + label + "]" : label;
        }
    }

    /// @param name `--count`
    /// @param value what follows it, for people: `N`; empty for one that stands alone
    record Option(String name, Optional<String> value, String meaning) {
        static Option flag(String name, String meaning) {
            return new Option(name, Optional.empty(), meaning);
        }

        static Option with(String name, String value, String meaning) {
            return new Option(name, Optional.of(value), meaning);
        }

        @Override
        public String toString() {
            return name + value.map(label -> " " + label).orElse("");
        }
    }

    interface Action {
        /// @return the exit code
        int run(Arguments given) throws InterruptedException;
    }

    /// `./posthorn consume QUEUE [--follow] [--count N]`
    String synopsis() {
        var text = new StringBuilder("./posthorn ").append(name);
        words.forEach(word -> text.append(' ').append(word));
        options.forEach(option -> text.append(" [").append(option).append(']'));
        return text.toString();
    }

    List<String> fullHelp() {
        var lines = new ArrayList<String>();
        lines.add(synopsis());
        lines.add("");
        lines.add(summary);
        lines.add("");
        words.forEach(word -> lines.add(row(word.toString(), word.meaning())));
        options.forEach(option -> lines.add(row(option.toString(), option.meaning())));
        if (!help.isEmpty()) {
            lines.add("");
            lines.addAll(help);
        }
        return lines;
    }

    static String row(String name, String meaning) {
        return "  %-18s  %s".formatted(name, meaning);
    }
}
