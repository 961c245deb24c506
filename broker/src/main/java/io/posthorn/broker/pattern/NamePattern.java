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
    private final AtomicBoolean saidThatItGaveUp = new AtomicBoolean();

    private NamePattern(String text, Program program) {
        this.text = text;
        this.program = program;
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
