package io.posthorn.verification.conformance.differential;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of one run of a script. `%` stands for what sets them apart from those of other runs; names that the
/// broker makes up are numbered in the order of their appearance.
final class Names {
    private static final Pattern MADE_UP = Pattern.compile(
            "(?<kind>amq\\.gen-|amq\\.ctag-|amq\\.rabbitmq\\.reply-to\\.)(?<own>[A-Za-z0-9_+/=.-]{16,})");

    private final String prefix;
    private final Map<String, String> madeUp = new LinkedHashMap<>();

    Names(String prefix) {
        this.prefix = prefix;
    }

    /// A line of the script, as it is for this run.
    String real(String line) {
        String real = line.replace("%", prefix);
        for (Map.Entry<String, String> name : madeUp.entrySet()) {
            real = real.replaceAll(
                    Pattern.quote(name.getValue()) + "(?![0-9])", Matcher.quoteReplacement(name.getKey()));
        }
        return real;
    }

    /// An answer of this run, as the script has it.
    String written(String line) {
        String written = MADE_UP.matcher(line)
                .replaceAll(made -> Matcher.quoteReplacement(
                        madeUp.computeIfAbsent(made.group(), _ -> made.group("kind") + numberOf(made.group("kind")))));
        return written.replace(prefix, "%");
    }

    private long numberOf(String kind) {
        return 1
                + madeUp.values().stream().filter(name -> name.startsWith(kind)).count();
    }
}
