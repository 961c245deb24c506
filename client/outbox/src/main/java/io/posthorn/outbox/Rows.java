package io.posthorn.outbox;

import io.posthorn.events.EncodedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes rows of the outbox. Every method works in the connection's own transaction.
final class Rows {
    private static final String COLUMNS = "id, event_id, topic, type_names, subject, delay_millis, content_type,"
            + " headers, body, created_at, attempts, next_attempt_at, parked, last_error";
    private static final int LONGEST_ERROR = 2_000;

    private Rows() {}

    static void insert(Connection connection, EncodedEvent event, long now) throws SQLException {
        String sql = "INSERT INTO posthorn_outbox (event_id, topic, type_names, subject, delay_millis, content_type,"
                + " headers, body, created_at, attempts, next_attempt_at, parked)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, event.id());
            insert.setString(2, event.topic());
            insert.setString(3, String.join("\n", event.typeNames()));
            insert.setString(4, event.subject());
            insert.setLong(5, event.delay().toMillis());
            insert.setString(6, event.contentType());
            insert.setString(7, written(event.headers()));
            insert.setBytes(8, event.body());
            insert.setLong(9, now);
            insert.executeUpdate();
        }
    }

    /// The oldest behind this place that may be due, by place. One that has a subject and waits for its next attempt is
    /// among them, since those behind it wait with it.
    static List<OutboxEntry> dueBehind(Connection connection, long id, long now, int most) throws SQLException {
        String sql = "SELECT " + COLUMNS + " FROM posthorn_outbox WHERE id > ? AND parked = 0"
                + " AND (next_attempt_at <= ? OR subject IS NOT NULL) ORDER BY id LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, id);
            select.setLong(2, now);
            select.setInt(3, most);
            return entries(select);
        }
    }

    /// The oldest, by place.
    static List<OutboxEntry> oldest(Connection connection, boolean parked, int most) throws SQLException {
        String sql = "SELECT " + COLUMNS + " FROM posthorn_outbox WHERE parked = ? ORDER BY id LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, parked ? 1 : 0);
            select.setInt(2, most);
            return entries(select);
        }
    }

    private static List<OutboxEntry> entries(PreparedStatement select) throws SQLException {
        var entries = new ArrayList<OutboxEntry>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                entries.add(entry(rows));
            }
        }
        return entries;
    }

    static void delete(Connection connection, List<OutboxEntry> entries) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM posthorn_outbox WHERE id = ?")) {
            for (OutboxEntry entry : entries) {
                delete.setLong(1, entry.id());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    static void failed(Connection connection, long id, long nextAttempt, boolean parked, String error)
            throws SQLException {
        String sql = "UPDATE posthorn_outbox SET attempts = attempts + 1, next_attempt_at = ?, parked = ?,"
                + " last_error = ? WHERE id = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, nextAttempt);
            update.setInt(2, parked ? 1 : 0);
            update.setString(3, error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) : error);
            update.setLong(4, id);
            update.executeUpdate();
        }
    }

    static boolean unpark(Connection connection, long id) throws SQLException {
        String sql = "UPDATE posthorn_outbox SET parked = 0, attempts = 0, next_attempt_at = 0"
                + " WHERE id = ? AND parked = 1";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, id);
            return update.executeUpdate() == 1;
        }
    }

    static boolean discard(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM posthorn_outbox WHERE id = ? AND parked = 1")) {
            delete.setLong(1, id);
            return delete.executeUpdate() == 1;
        }
    }

    static long count(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM posthorn_outbox");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static OutboxEntry entry(ResultSet row) throws SQLException {
        var event = new EncodedEvent(
                row.getString(2),
                row.getString(3),
                List.of(row.getString(4).split("\n")),
                row.getString(5),
                Duration.ofMillis(row.getLong(6)),
                row.getString(7),
                read(row.getString(8)),
                row.getBytes(9));
        return new OutboxEntry(
                row.getLong(1),
                event,
                Instant.ofEpochMilli(row.getLong(10)),
                row.getInt(11),
                Instant.ofEpochMilli(row.getLong(12)),
                row.getInt(13) != 0,
                text(row, 14));
    }

    private static @Nullable String text(ResultSet row, int column) throws SQLException {
        return row.getString(column);
    }

    /// Name and value in turn, a line each; a backslash stands before what would end the line.
    private static String written(Map<String, String> headers) {
        var lines = new ArrayList<String>();
        headers.forEach((name, value) -> {
            lines.add(escaped(name));
            lines.add(escaped(value));
        });
        return String.join("\n", lines);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static Map<String, String> read(String written) {
        Map<String, String> headers = new LinkedHashMap<>();
        String[] lines = written.isEmpty() ? new String[0] : written.split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i += 2) {
            headers.put(plain(lines[i]), plain(lines[i + 1]));
        }
        return headers;
    }

    private static String plain(String escaped) {
        var text = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '\\' && i + 1 < escaped.length()) {
                i++;
                text.append(escaped.charAt(i) == 'n' ? '\n' : escaped.charAt(i));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
