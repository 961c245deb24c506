package io.posthorn.broker.pattern;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Sets of letters that have a name. As in Perl without Unicode, they are of ASCII.
final class Letters {
    static final IntPredicate NONE = _ -> false;
    static final IntPredicate ANY = _ -> true;
    static final IntPredicate DIGIT = c -> c >= '0' && c <= '9';
    static final IntPredicate UPPER = c -> c >= 'A' && c <= 'Z';
    static final IntPredicate LOWER = c -> c >= 'a' && c <= 'z';
    static final IntPredicate ALPHA = UPPER.or(LOWER);
    static final IntPredicate WORD = ALPHA.or(DIGIT).or(is('_'));
    static final IntPredicate SPACE = c -> c == ' ' || (c >= '\t' && c <= '\r');
    static final IntPredicate BLANK = c -> c == ' ' || c == '\t';
    static final IntPredicate VERTICAL = c -> (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
    private static final IntPredicate GRAPH = c -> c > ' ' && c < 0x7f;

    private Letters() {}

    static IntPredicate is(int letter) {
        return c -> c == letter;
    }

    static IntPredicate between(int first, int last) {
        return c -> c >= first && c <= last;
    }

    /// Whatever its case.
    static IntPredicate folded(IntPredicate letters) {
        return c -> letters.test(c) || letters.test(Character.toLowerCase(c)) || letters.test(Character.toUpperCase(c));
    }

    /// What stands behind a backslash, also within brackets; null when it names no set.
    static @Nullable IntPredicate escaped(int name) {
        return switch (name) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.negate();
            case 'w' -> WORD;
            case 'W' -> WORD.negate();
            case 's' -> SPACE;
            case 'S' -> SPACE.negate();
            case 'h' -> BLANK;
            case 'H' -> BLANK.negate();
            case 'v' -> VERTICAL;
            case 'V' -> VERTICAL.negate();
            default -> null;
        };
    }

    /// What stands within `[:` and `:]`; null when it names no set.
    static @Nullable IntPredicate posix(String name) {
        return switch (name) {
            case "alpha" -> ALPHA;
            case "digit" -> DIGIT;
            case "alnum" -> ALPHA.or(DIGIT);
            case "upper" -> UPPER;
            case "lower" -> LOWER;
            case "space" -> SPACE;
            case "blank" -> BLANK;
            case "punct" -> GRAPH.and(ALPHA.or(DIGIT).negate());
            case "xdigit" -> DIGIT.or(between('a', 'f')).or(between('A', 'F'));
            case "word" -> WORD;
            case "graph" -> GRAPH;
            case "print" -> GRAPH.or(is(' '));
            case "cntrl" -> c -> c < ' ' || c == 0x7f;
            case "ascii" -> c -> c < 0x80;
            default -> null;
        };
    }
}
