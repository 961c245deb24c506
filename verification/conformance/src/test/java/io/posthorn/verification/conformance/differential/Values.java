package io.posthorn.verification.conformance.differential;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Values as scripts write them, nearly JSON, with the type of a field where JSON cannot tell: `5` is an int32, `5l`
/// an int64, `5s` 16 bits, `5b` 8; `1.5d` and `1.5f` floating point, `1.5m` a decimal; `@1700000000` a time in
/// seconds, `x"00ff"` bytes. A text needs quotes only where it is no plain word.
final class Values {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_%#*.][\\w%#*.+/=:-]*");
    private static final Pattern NUMBER = Pattern.compile("(-?[0-9]+(?:\\.[0-9]+)?)([bslfdm]?)");

    private final String text;
    private int at;

    private Values(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /// A value, and where the text goes on behind it.
    record Read(@Nullable Object value, int end) {}

    static Read read(String text, int from) {
        Values values = new Values(text, from);
        Object value = values.value();
        return new Read(value, values.at);
    }

    private @Nullable Object value() {
        return switch (text.charAt(at)) {
            case '{' -> table();
            case '[' -> list();
            case '"' -> quoted();
            case '@' -> time();
            default -> text.startsWith("x\"", at) ? hex() : word();
        };
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private Arguments table() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        at++;
        while (!ends('}')) {
            String name = String.valueOf(value());
            skip(':');
            fields.put(name, value());
        }
        return new Arguments(fields);
    }

    private List<@Nullable Object> list() {
        List<@Nullable Object> values = new ArrayList<>();
        at++;
        while (!ends(']')) {
            values.add(value());
        }
        return values;
    }

    private String quoted() {
        StringBuilder read = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            boolean escaped = text.charAt(at) == '\\';
            char sign = text.charAt(escaped ? ++at : at);
            read.append(escaped && sign == 'n' ? '\n' : sign);
        }
        at++;
        return read.toString();
    }

    private Bytes hex() {
        int end = text.indexOf('"', at + 2);
        byte[] bytes = HexFormat.of().parseHex(text, at + 2, end);
        at = end + 1;
        return new Bytes(bytes);
    }

    private Instant time() {
        at++;
        return Instant.ofEpochSecond(((Number) numberOf(matched(NUMBER))).longValue());
    }

    private @Nullable Object word() {
        if (NUMBER.matcher(text).region(at, text.length()).lookingAt()) {
            return numberOf(matched(NUMBER));
        }
        String word = matched(WORD).group();
        if (word.endsWith(":")) {
            // The colon behind the name of a field is not part of it.
            word = word.substring(0, word.length() - 1);
            at--;
        }
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> word;
        };
    }

    private Matcher matched(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException("no value at " + at + " of: " + text);
        }
        at = matcher.end();
        return matcher;
    }

    private static Object numberOf(Matcher number) {
        String digits = number.group(1);
        return switch (number.group(2)) {
            case "b" -> Byte.parseByte(digits);
            case "s" -> Short.parseShort(digits);
            case "l" -> Long.parseLong(digits);
            case "f" -> Float.parseFloat(digits);
            case "d" -> Double.parseDouble(digits);
            case "m" -> new BigDecimal(digits);
            default -> Integer.parseInt(digits);
        };
    }

    private boolean ends(char bracket) {
        while (text.charAt(at) == ' ' || text.charAt(at) == ',') {
            at++;
        }
        if (text.charAt(at) == bracket) {
            at++;
            return true;
        }
        return false;
    }

    private void skip(char sign) {
        if (text.charAt(at) != sign) {
            throw new IllegalArgumentException("no " + sign + " at " + at + " of: " + text);
        }
        for (at++; text.charAt(at) == ' '; ) {
            at++;
        }
    }

    static String print(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Long number -> number + "l";
            case Short number -> number + "s";
            case Byte number -> number + "b";
            case Float number -> number + "f";
            case Double number -> number + "d";
            case BigDecimal number -> number.toPlainString() + "m";
            case Instant time -> time(time);
            case Bytes bytes -> "x\"" + HexFormat.of().formatHex(bytes.toByteArray()) + '"';
            case String text -> text(text);
            case List<?> list -> list(list);
            case Arguments table -> table(table.values());
            default -> value.toString();
        };
    }

    /// The clock of the broker is not ours to compare.
    private static String time(Instant time) {
        boolean now = Duration.between(time, Instant.now()).abs().compareTo(Duration.ofHours(1)) < 0;
        return now ? "@now" : "@" + time.getEpochSecond();
    }

    static String text(String text) {
        boolean plain = WORD.matcher(text).matches() && !text.endsWith(":") && !text.matches("true|false|null");
        return plain
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String list(List<?> list) {
        return "[" + String.join(", ", list.stream().map(Values::print).toList()) + "]";
    }

    // Sorted, since the order of fields means nothing.
    static String table(Map<String, ? extends @Nullable Object> fields) {
        List<String> printed = new ArrayList<>();
        new TreeMap<String, @Nullable Object>(fields)
                .forEach((name, value) -> printed.add(text(name) + ": " + print(value)));
        return "{" + String.join(", ", printed) + "}";
    }
}
