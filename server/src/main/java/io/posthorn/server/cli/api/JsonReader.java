package io.posthorn.server.cli.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Reads JSON from a text, strictly.
final class JsonReader {
    private static final int DEEPEST = 512;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    static Json read(String text) {
        var reader = new JsonReader(text);
        Json value = reader.value();
        reader.skipBlanks();
        if (reader.at < text.length()) {
            throw reader.wrong("more than one value");
        }
        return value;
    }

    private Json value() {
        skipBlanks();
        if (at == text.length()) {
            throw wrong("a value is missing");
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> new Json.Text(string());
            case 't' -> word("true", Json.of(true));
            case 'f' -> word("false", Json.of(false));
            case 'n' -> word("null", Json.NULL);
            default -> number();
        };
    }

    private Json object() {
        enter();
        var members = new LinkedHashMap<String, Json>();
        if (!closes('}')) {
            do {
                skipBlanks();
                String name = string();
                expect(':');
                members.put(name, value());
            } while (continues('}'));
        }
        depth--;
        return new Json.Members(members);
    }

    private Json array() {
        enter();
        var values = new ArrayList<Json>();
        if (!closes(']')) {
            do {
                values.add(value());
            } while (continues(']'));
        }
        depth--;
        return new Json.Array(values);
    }

    private void enter() {
        at++;
        if (++depth > DEEPEST) {
            throw wrong("nested too deeply");
        }
    }

    private boolean closes(char end) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    // Behind an element: a comma and more, or the end.
    private boolean continues(char end) {
        if (closes(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private void expect(char wanted) {
        skipBlanks();
        if (at == text.length() || text.charAt(at) != wanted) {
            throw wrong("'" + wanted + "' is missing");
        }
        at++;
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw wrong("an unknown word");
        }
        at += word.length();
        return value;
    }

    private Json number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        return new Json.Number(text.substring(start, at));
    }

    private void digits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong("no value begins so");
        }
    }

    // 0 at the end: a control character, which JSON allows nowhere.
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private String string() {
        if (peek() != '"') {
            throw wrong("a name in quotes is missing");
        }
        at++;
        int start = at;
        while (peek() != '"') {
            if (peek() == '\\') {
                return escapedString(start);
            }
            plain();
        }
        return text.substring(start, at++);
    }

    private String escapedString(int start) {
        var read = new StringBuilder(text.length() - start < 64 ? 64 : 256).append(text, start, at);
        while (peek() != '"') {
            if (peek() == '\\') {
                at++;
                read.append(escape());
            } else {
                read.append(plain());
            }
        }
        at++;
        return read.toString();
    }

    private char plain() {
        char next = peek();
        if (next < ' ') {
            throw wrong(at == text.length() ? "a text does not end" : "a control character in a text");
        }
        at++;
        return next;
    }

    private char escape() {
        char escaped = peek();
        at++;
        return switch (escaped) {
            case '"', '\\', '/' -> escaped;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> throw wrong("an unknown escape");
        };
    }

    private char codeUnit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw wrong("four hexadecimal digits are missing");
            }
            unit = unit * 16 + digit;
            at++;
        }
        return (char) unit;
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private JsonException wrong(String what) {
        return new JsonException("%s at character %d".formatted(what, at + 1));
    }
}
