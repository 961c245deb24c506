package io.posthorn.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// `2026-11-21 14:02:11.123 INFO  amqp: text`.
///
/// What a client sent may stand in a text (a queue's name, a peer's product), so every control character is
/// written as an escape: nobody can forge a line or move a terminal's cursor.
public final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private static final String OURS = "io.posthorn.";

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringBuilder(120);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        line.append(' ').append(event.getLevel().levelStr);
        line.repeat(' ', 6 - event.getLevel().levelStr.length());
        line.append(room(event.getLoggerName())).append(": ");
        escape(event.getFormattedMessage(), line);
        line.append('\n');
        appendCauses(event.getThrowableProxy(), line);
        return line.toString();
    }

    /// `io.posthorn.protocol.amqp.AmqpConnection` is of the room `amqp`; other people's loggers keep their
    /// name.
    static String room(String logger) {
        if (!logger.startsWith(OURS)) {
            return logger;
        }
        String[] parts = logger.substring(OURS.length()).split("\\.", -1);
        boolean roomOfRooms = parts[0].equals("protocol") || parts[0].equals("storage");
        return roomOfRooms && parts.length > 1 ? parts[1] : parts[0];
    }

    static void escape(String text, StringBuilder into) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                into.append("\\n");
            } else if (c == '\r') {
                into.append("\\r");
            } else if (c == '\t') {
                into.append(' ');
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                into.append("\\u").append(String.format("%04x", (int) c));
            } else {
                into.append(c);
            }
        }
    }

    // A throwable is logged where something is broken here, never for a user's mistake: so its trace is wanted.
    private static void appendCauses(IThrowableProxy thrown, StringBuilder line) {
        for (IThrowableProxy at = thrown; at != null; at = at.getCause()) {
            line.append(at.equals(thrown) ? "    " : "    caused by ")
                    .append(at.getClassName())
                    .append(": ");
            escape(String.valueOf(at.getMessage()), line);
            line.append('\n');
            for (StackTraceElementProxy element : at.getStackTraceElementProxyArray()) {
                line.append("        ").append(element.getSTEAsString()).append('\n');
            }
        }
    }
}
