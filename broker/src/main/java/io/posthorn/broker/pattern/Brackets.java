package io.posthorn.broker.pattern;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Reads a set of letters within brackets, whose first bracket was taken.
final class Brackets {
    private final Source in;

    Brackets(Source in) {
        this.in = in;
    }

    IntPredicate letters() {
        boolean negated = in.takes('^');
        IntPredicate letters = Letters.NONE;
        boolean isFirst = true;
        // A closing bracket that comes first is a letter.
        while (isFirst || !in.isAt(']')) {
            letters = letters.or(some());
            isFirst = false;
        }
        in.expect(']');
        return negated ? letters.negate() : letters;
    }

    private IntPredicate some() {
        if (in.takes("[:")) {
            return posix();
        }
        if (in.takes("\\Q")) {
            IntPredicate quoted = Letters.NONE;
            for (int c : in.quoted().codePoints().toArray()) {
                quoted = quoted.or(Letters.is(c));
            }
            return quoted;
        }
        IntPredicate set = set();
        return set != null ? set : fromLetter();
    }

    private IntPredicate posix() {
        boolean negated = in.takes('^');
        String name = in.upTo(":]");
        IntPredicate set = Letters.posix(name);
        if (set == null) {
            throw in.unreadable("'[:" + name + ":]' is not known");
        }
        return negated ? set.negate() : set;
    }

    private @Nullable IntPredicate set() {
        for (String name : new String[] {"d", "D", "w", "W", "s", "S", "h", "H", "v", "V"}) {
            if (in.takes("\\" + name)) {
                return Letters.escaped(name.charAt(0));
            }
        }
        return null;
    }

    private IntPredicate fromLetter() {
        int first = letter();
        if (!in.takes('-')) {
            return Letters.is(first);
        }
        if (in.isAt(']')) {
            return Letters.is(first).or(Letters.is('-'));
        }
        IntPredicate set = set();
        if (set != null) {
            return set.or(Letters.is(first)).or(Letters.is('-'));
        }
        int last = letter();
        if (last < first) {
            throw in.unreadable("a range whose end is before its begin");
        }
        return Letters.between(first, last);
    }

    private int letter() {
        int letter = in.take();
        if (letter != '\\') {
            return letter;
        }
        return in.takes('b') ? '\b' : in.escapedLetter();
    }
}
