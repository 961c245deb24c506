package io.posthorn.broker.pattern;

import io.posthorn.broker.pattern.Syntax.Unreadable;

/// The text of an expression, and how far it is read.
final class Source {
    private final int[] text;
    private int at;

    Source(String text) {
        this.text = text.codePoints().toArray();
    }

    boolean isAtEnd() {
        return at >= text.length;
    }

    boolean isAt(int letter) {
        return at < text.length && text[at] == letter;
    }

    /// @throws Unreadable at the end
    int peek() {
        if (isAtEnd()) {
            throw unreadable("it ends too early");
        }
        return text[at];
    }

    int take() {
        int letter = peek();
        at++;
        return letter;
    }

    /// What was taken last.
    int last() {
        return text[at - 1];
    }

    boolean takes(int letter) {
        boolean taken = isAt(letter);
        at += taken ? 1 : 0;
        return taken;
    }

    boolean takes(String letters) {
        if (!startsWith(letters)) {
            return false;
        }
        at += letters.length();
        return true;
    }

    private boolean startsWith(String letters) {
        if (at + letters.length() > text.length) {
            return false;
        }
        for (int i = 0; i < letters.length(); i++) {
            if (text[at + i] != letters.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void expect(int letter) {
        if (!takes(letter)) {
            throw unreadable("'" + Character.toString(letter) + "' is missing");
        }
    }

    /// Whether a counted repetition begins here; any other brace is a letter.
    boolean isAtCount() {
        int i = at + 1;
        if (!isAt('{') || !isDigit(i)) {
            return false;
        }
        while (isDigit(i)) {
            i++;
        }
        if (i < text.length && text[i] == ',') {
            i++;
        }
        while (isDigit(i)) {
            i++;
        }
        return i < text.length && text[i] == '}';
    }

    private boolean isDigit(int i) {
        return i < text.length && Letters.DIGIT.test(text[i]);
    }

    int number(int most) {
        int number = 0;
        do {
            number = 10 * number + Character.digit(take(), 10);
            if (number > most) {
                throw unreadable("more than " + most + " repetitions");
            }
        } while (isDigit(at));
        return number;
    }

    /// What stands before the end mark, which is taken too.
    String upTo(String end) {
        int from = at;
        while (!startsWith(end)) {
            take();
        }
        String inner = new String(text, from, at - from);
        at += end.length();
        return inner;
    }

    /// What stands between `\Q`, taken already, and `\E` or the end.
    String quoted() {
        int from = at;
        while (!isAtEnd() && !startsWith("\\E")) {
            at++;
        }
        String inner = new String(text, from, at - from);
        takes("\\E");
        return inner;
    }

    /// The letter that an escape means, whose backslash was taken.
    int escapedLetter() {
        int name = take();
        return switch (name) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'a' -> 0x07;
            case 'e' -> 0x1b;
            case 'x' -> takes('{') ? hex(upTo("}")) : hex(hexDigits());
            default -> {
                if (Letters.ALPHA.or(Letters.DIGIT).test(name)) {
                    throw unreadable("'\\" + Character.toString(name) + "' is not served");
                }
                yield name;
            }
        };
    }

    private String hexDigits() {
        var digits = new StringBuilder();
        while (digits.length() < 2 && !isAtEnd() && Character.digit(text[at], 16) >= 0) {
            digits.appendCodePoint(take());
        }
        return digits.toString();
    }

    private int hex(String digits) {
        try {
            int letter = digits.isEmpty() ? 0 : Integer.parseUnsignedInt(digits, 16);
            if (Character.isValidCodePoint(letter)) {
                return letter;
            }
        } catch (NumberFormatException _) {
            throw unreadable("'" + digits + "' is no number");
        }
        throw unreadable("'" + digits + "' is no letter");
    }

    Unreadable unreadable(String why) {
        return new Unreadable(why + " at " + at);
    }
}
