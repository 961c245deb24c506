package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Nested header values as JSON, for protocols whose headers are only bytes.
final class Json {
    private Json() {}

    static String of(@Nullable Object value) {
        var out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case Float number when !Float.isFinite(number) -> quote(out, number.toString());
            case Double number when !Double.isFinite(number) -> quote(out, number.toString());
            case Number number -> out.append(number);
            case Bytes bytes -> quote(out, Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Arguments table -> writeTable(out, table);
            case List<?> list -> writeList(out, list);
            default -> quote(out, value.toString());
        }
    }

    private static void writeTable(StringBuilder out, Arguments table) {
        out.append('{');
        Iterator<Map.Entry<String, @Nullable Object>> fields =
                table.values().entrySet().iterator();
        while (fields.hasNext()) {
            Map.Entry<String, @Nullable Object> field = fields.next();
            quote(out, field.getKey());
            out.append(':');
            write(out, field.getValue());
            out.append(fields.hasNext() ? "," : "");
        }
        out.append('}');
    }

    private static void writeList(StringBuilder out, List<?> list) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i == 0 ? "" : ",");
            write(out, list.get(i));
        }
        out.append(']');
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
