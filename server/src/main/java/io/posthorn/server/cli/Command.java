package io.posthorn.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One command: what may be written behind its name, the help that says so, and what it does.
///
/// Read by hand and not by a library: `docs/adr/0012-command-line.md` has the figures.
///
/// @param name one word, or two: `queue ls`
/// @param words the words it takes: `QUEUE`, or `[BODY]` for one that may be missing
/// @param help more lines of help
record Command(String name, List<Word> words, List<Option> options, String summary, List<String> help, Action action) {
    private static final int NAMES = 22;

    /// A word by its place.
    ///
    /// @param repeated whether more of them may follow; only the last can be
    record Word(String label, boolean optional, boolean repeated, String meaning) {
        @Override
        public String toString() {
            String text = repeated ? label + "..." : label;
            return optional ? "[" + text + "]" : text;
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
        ExitCode run(Arguments given) throws InterruptedException;
    }

    static Builder named(String name, String summary) {
        return new Builder(name, summary);
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
        return "  " + name + " ".repeat(Math.max(2, NAMES - name.length())) + meaning;
    }

    /// Not thread-safe.
    static final class Builder {
        private final String name;
        private final String summary;
        private final List<Word> words = new ArrayList<>();
        private final List<Option> options = new ArrayList<>();
        private final List<String> help = new ArrayList<>();

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        Builder word(String label, String meaning) {
            words.add(new Word(label, false, false, meaning));
            return this;
        }

        Builder optionalWord(String label, String meaning) {
            words.add(new Word(label, true, false, meaning));
            return this;
        }

        /// As many as there are, also none.
        Builder moreWords(String label, String meaning) {
            words.add(new Word(label, true, true, meaning));
            return this;
        }

        Builder flag(String option, String meaning) {
            options.add(Option.flag(option, meaning));
            return this;
        }

        Builder option(String option, String value, String meaning) {
            options.add(Option.with(option, value, meaning));
            return this;
        }

        Builder option(Option option) {
            options.add(option);
            return this;
        }

        Builder help(String... lines) {
            help.addAll(List.of(lines));
            return this;
        }

        Command does(Action action) {
            return new Command(name, List.copyOf(words), List.copyOf(options), summary, List.copyOf(help), action);
        }
    }
}
