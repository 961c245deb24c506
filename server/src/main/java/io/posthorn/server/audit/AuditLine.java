package io.posthorn.server.audit;

import io.posthorn.broker.AuditLog.Entry;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/// `time=2026-11-21T14:02:11.123Z result="ok" who="alice" from="127.0.0.1:50123" what="..."`.
///
/// Names that people chose stand in it, so every control character is an escape: nobody can forge a line.
final class AuditLine {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private static final int LONGEST_VALUE = 1_000;

    private AuditLine() {}

    static String of(Instant time, Entry entry) {
        var line = new StringBuilder(160).append("time=").append(TIME.format(time));
        append("result", entry.result(), line);
        append("who", entry.who(), line);
        append("from", entry.from(), line);
        append("what", entry.what(), line);
        return line.append('\n').toString();
    }

    private static void append(String key, String value, StringBuilder line) {
        line.append(' ').append(key).append("=\"");
        int end = Math.min(value.length(), LONGEST_VALUE);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (Character.isISOControl(c) || isInvisible(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append(end < value.length() ? "...\"" : "\"");
    }

    private static boolean isInvisible(char c) {
        int type = Character.getType(c);
        return type == Character.FORMAT || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
    }
}
