package io.posthorn.broker.pattern;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/// A regular expression that is looked for anywhere in a name. The empty one is found in the empty name only.
/// Immutable; any thread.
public final class NamePattern {
    private static final System.Logger LOG = System.getLogger(NamePattern.class.getName());

    private final String text;
    private final Program program;

    /// Most expressions say with which letters a name begins, and most names do not: that is looked at first.
    private final String beginning;

    private final AtomicBoolean saidThatItGaveUp = new AtomicBoolean();

    private NamePattern(String text, Program program) {
        this.text = text;
        this.program = program;
        this.beginning = beginning(text);
    }

    /// What every name begins with that the expression is found in; empty where that is not plain to see.
    private static String beginning(String text) {
        if (!text.startsWith("^") || text.contains("|") || text.contains("(?#")) {
            return "";
        }
        var plain = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char letter = text.charAt(i);
            boolean escaped = letter == '\\' && i + 1 < text.length() && isMark(text.charAt(i + 1));
            if (escaped) {
                i++;
                plain.append(text.charAt(i));
            } else if (isPlain(letter)) {
                plain.append(letter);
            } else {
                dropRepeated(letter, plain);
                break;
            }
        }
        return plain.toString();
    }

    /// What is repeated may be there not at all.
    private static void dropRepeated(char quantifier, StringBuilder plain) {
        if ("*+?{".indexOf(quantifier) >= 0 && !plain.isEmpty()) {
            plain.setLength(plain.length() - 1);
        }
    }

    private static boolean isPlain(char letter) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= 'A' && letter <= 'Z')
                || (letter >= '0' && letter <= '9')
                || "-_:/,".indexOf(letter) >= 0;
    }

    private static boolean isMark(char letter) {
        return ".-_:/,".indexOf(letter) >= 0;
    }

    /// @throws PreconditionFailed when it is no regular expression, or one with something that is not served
    public static NamePattern of(String text) {
        try {
            return new NamePattern(text, Program.of(Syntax.parse(text.isEmpty() ? "^$" : text)));
        } catch (Syntax.Unreadable unreadable) {
            throw new PreconditionFailed("invalid regular expression '" + text + "': " + unreadable.getMessage());
        }
    }

    /// Whether the expression is found in the name. One that takes too many steps is not.
    public boolean isFoundIn(String name) {
        if (text.equals(".*")) {
            return true;
        }
        if (!name.startsWith(beginning)) {
            return false;
        }
        var run = new Run(name.codePoints().toArray());
        boolean found = run.finds(program);
        if (!run.isExhausted()) {
            return found;
        }
        if (saidThatItGaveUp.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "the expression ''{0}'' takes too long, and so matches nothing", text);
        }
        return false;
    }

    public String text() {
        return text;
    }

    /// The expression, as text.
    @Override
    public String toString() {
        return text;
    }
}
