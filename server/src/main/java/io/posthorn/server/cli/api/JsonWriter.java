package io.posthorn.server.cli.api;

import java.util.Iterator;
import java.util.Map;

/// Writes JSON.
final class JsonWriter {
    private final StringBuilder out = new StringBuilder(256);
    private final boolean indented;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    static String compact(Json value) {
        var writer = new JsonWriter(false);
        writer.write(value, 0);
        return writer.out.toString();
    }

    static String indented(Json value) {
        var writer = new JsonWriter(true);
        writer.write(value, 0);
        return writer.out.toString();
    }

    private void write(Json value, int depth) {
        switch (value) {
            case Json.Null _ -> out.append("null");
            case Json.Bool bool -> out.append(bool.value());
            case Json.Number number -> out.append(number.digits());
            case Json.Text text -> quote(text.value());
            case Json.Array array -> writeArray(array, depth);
            case Json.Members object -> writeObject(object, depth);
        }
    }

    private void writeArray(Json.Array array, int depth) {
        out.append('[');
        for (Iterator<Json> rest = array.values().iterator(); rest.hasNext(); ) {
            newLine(depth + 1);
            write(rest.next(), depth + 1);
            if (rest.hasNext()) {
                out.append(',');
            } else {
                newLine(depth);
            }
        }
        out.append(']');
    }

    private void writeObject(Json.Members object, int depth) {
        out.append('{');
        for (Iterator<Map.Entry<String, Json>> rest =
                        object.members().entrySet().iterator();
                rest.hasNext(); ) {
            Map.Entry<String, Json> member = rest.next();
            newLine(depth + 1);
            quote(member.getKey());
            out.append(indented ? ": " : ":");
            write(member.getValue(), depth + 1);
            if (rest.hasNext()) {
                out.append(',');
            } else {
                newLine(depth);
            }
        }
        out.append('}');
    }

    private void newLine(int depth) {
        if (indented) {
            out.append('\n').repeat(' ', 2 * depth);
        }
    }

    // Control characters, DEL and C1 ones included, which a terminal would obey.
    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            switch (next) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(next)) {
                        escape(next);
                    } else {
                        out.append(next);
                    }
                }
            }
        }
        out.append('"');
    }

    private void escape(char control) {
        String hex = Integer.toHexString(control);
        out.append("\\u").repeat('0', 4 - hex.length()).append(hex);
    }
}
