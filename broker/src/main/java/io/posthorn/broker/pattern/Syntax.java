package io.posthorn.broker.pattern;

import io.posthorn.broker.pattern.Node.At;
import io.posthorn.broker.pattern.Node.Choice;
import io.posthorn.broker.pattern.Node.Letter;
import io.posthorn.broker.pattern.Node.LookAhead;
import io.posthorn.broker.pattern.Node.LookBehind;
import io.posthorn.broker.pattern.Node.Place;
import io.posthorn.broker.pattern.Node.Repeat;
import io.posthorn.broker.pattern.Node.Sequence;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Reads the expressions of PCRE that need no memory of what matched: no back references, no atomic groups, no
/// recursion. What it does not know it refuses, so that no expression means something else here.
final class Syntax {
    private static final int MOST_REPEATED = 1_000;
    private static final int DEEPEST = 100;
    private static final Node NOTHING = new Sequence(List.of());

    private final Source in;
    private Flags flags = new Flags(false, false, false);
    private int depth;

    /// @param foldsCase `i`
    /// @param linewise `m`
    /// @param dotIsAny `s`
    private record Flags(boolean foldsCase, boolean linewise, boolean dotIsAny) {}

    /// Why an expression cannot be read.
    static final class Unreadable extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    private Syntax(String text) {
        this.in = new Source(text);
    }

    /// @throws Unreadable
    static Node parse(String text) {
        var syntax = new Syntax(text);
        Node whole = syntax.choice();
        if (!syntax.in.isAtEnd()) {
            throw syntax.in.unreadable("a ')' too many");
        }
        return whole;
    }

    private Node choice() {
        if (++depth > DEEPEST) {
            throw in.unreadable("too many groups within each other");
        }
        List<Node> options = new ArrayList<>();
        do {
            options.add(sequence());
        } while (in.takes('|'));
        depth--;
        return options.size() == 1 ? options.getFirst() : new Choice(options);
    }

    private Node sequence() {
        List<Node> parts = new ArrayList<>();
        while (!in.isAtEnd() && !in.isAt('|') && !in.isAt(')')) {
            if (in.takes("\\Q")) {
                in.quoted().codePoints().forEach(c -> parts.add(letter(c)));
            } else {
                parts.add(repeated(atom()));
            }
        }
        return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
    }

    private Node repeated(Node what) {
        Node repeated = what;
        if (in.takes('*')) {
            repeated = new Repeat(what, 0, Node.UNLIMITED);
        } else if (in.takes('+')) {
            repeated = new Repeat(what, 1, Node.UNLIMITED);
        } else if (in.takes('?')) {
            repeated = new Repeat(what, 0, 1);
        } else if (in.isAtCount()) {
            repeated = counted(what);
        } else {
            return what;
        }
        in.takes('?'); // lazy: the same names match
        if (in.isAt('+') || in.isAt('*') || in.isAt('?') || in.isAtCount()) {
            throw in.unreadable("a repetition of a repetition, or a possessive one");
        }
        return repeated;
    }

    private Node counted(Node what) {
        in.expect('{');
        int least = in.number(MOST_REPEATED);
        int most = least;
        if (in.takes(',')) {
            most = in.isAt('}') ? Node.UNLIMITED : in.number(MOST_REPEATED);
        }
        in.expect('}');
        if (most != Node.UNLIMITED && most < least) {
            throw in.unreadable("a repetition whose end is before its begin");
        }
        return new Repeat(what, least, most);
    }

    private Node atom() {
        int c = in.take();
        return switch (c) {
            case '(' -> group();
            case '[' -> folding(new Brackets(in).letters());
            case '.' ->
                new Letter(flags.dotIsAny() ? Letters.ANY : Letters.is('\n').negate());
            case '^' -> new At(flags.linewise() ? Place.LINE_BEGIN : Place.BEGIN);
            case '$' -> new At(flags.linewise() ? Place.LINE_END : Place.END);
            case '\\' -> escape();
            case '*', '+', '?' -> throw in.unreadable("nothing to repeat");
            default -> letter(c);
        };
    }

    private Node letter(int c) {
        return folding(Letters.is(c));
    }

    private Node folding(IntPredicate letters) {
        return new Letter(flags.foldsCase() ? Letters.folded(letters) : letters);
    }

    private Node escape() {
        int name = in.isAtEnd() ? -1 : in.peek();
        Place place = place(name);
        if (place != null) {
            in.take();
            return new At(place);
        }
        IntPredicate set = Letters.escaped(name);
        if (set != null) {
            in.take();
            return new Letter(set);
        }
        return letter(in.escapedLetter());
    }

    private static @Nullable Place place(int name) {
        return switch (name) {
            case 'b' -> Place.WORD_BOUNDARY;
            case 'B' -> Place.NO_WORD_BOUNDARY;
            case 'A' -> Place.BEGIN;
            case 'Z' -> Place.END;
            case 'z' -> Place.VERY_END;
            default -> null;
        };
    }

    private Node group() {
        Flags before = flags;
        Node what;
        if (!in.takes('?')) {
            what = inner();
        } else if (in.takes('#')) {
            in.upTo(")");
            what = NOTHING;
        } else if (in.takes("<=") || in.takes("<!")) {
            what = lookBehind(in.last() == '!');
        } else if (in.takes('=') || in.takes('!')) {
            boolean negated = in.last() == '!';
            what = new LookAhead(inner(), negated);
        } else if (in.takes("P<") || in.takes('<')) {
            in.upTo(">");
            what = inner();
        } else {
            flags = flags();
            if (in.takes(')')) {
                return NOTHING; // they count until the end of the group around
            }
            in.expect(':');
            what = inner();
        }
        flags = before;
        return what;
    }

    private Node inner() {
        if (in.isAt('*')) {
            throw in.unreadable("verbs are not served");
        }
        Node inner = choice();
        in.expect(')');
        return inner;
    }

    /// As in Perl, each alternative has one length.
    private Node lookBehind(boolean negated) {
        Node inner = inner();
        List<Node> options = inner instanceof Choice(List<Node> several) ? several : List.of(inner);
        List<Node> looks = new ArrayList<>();
        for (Node option : options) {
            int width = Width.of(option);
            if (width < 0) {
                throw in.unreadable("what is looked for behind has no one length");
            }
            looks.add(new LookBehind(option, width, negated));
        }
        return negated ? new Sequence(looks) : new Choice(looks);
    }

    private Flags flags() {
        Flags read = flags;
        boolean on = true;
        while (!in.isAtEnd() && !in.isAt(')') && !in.isAt(':')) {
            int flag = in.take();
            switch (flag) {
                case '-' -> on = false;
                case 'i' -> read = new Flags(on, read.linewise(), read.dotIsAny());
                case 'm' -> read = new Flags(read.foldsCase(), on, read.dotIsAny());
                case 's' -> read = new Flags(read.foldsCase(), read.linewise(), on);
                default -> throw in.unreadable("'(?" + Character.toString(flag) + "' is not served");
            }
        }
        return read;
    }
}
