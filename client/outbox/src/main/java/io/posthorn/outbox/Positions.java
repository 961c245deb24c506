package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;

/// How far sources have come, and which instance looks: a row for each. Every method works in the
/// connection's own transaction.
final class Positions {
    private static final long BEGIN = 0;

    private Positions() {}

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS posthorn_position (source VARCHAR(255) PRIMARY KEY,"
                    + " position BIGINT NOT NULL, owner VARCHAR(64) NOT NULL, until BIGINT NOT NULL)");
        }
    }

    /// Takes or renews the lease.
    ///
    /// @return how far the source has come; empty while another instance looks
    static OptionalLong hold(Connection connection, String source, String owner, long now, long until)
            throws SQLException {
        insert(connection, source);
        String take = "UPDATE posthorn_position SET owner = ?, until = ? WHERE source = ? AND (owner = ? OR until < ?)";
        try (PreparedStatement update = connection.prepareStatement(take)) {
            update.setString(1, owner);
            update.setLong(2, until);
            update.setString(3, source);
            update.setString(4, owner);
            update.setLong(5, now);
            if (update.executeUpdate() == 0) {
                return OptionalLong.empty();
            }
        }
        try (PreparedStatement select =
                connection.prepareStatement("SELECT position FROM posthorn_position WHERE source = ?")) {
            select.setString(1, source);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private static void insert(Connection connection, String source) throws SQLException {
        String insert = "INSERT INTO posthorn_position (source, position, owner, until) SELECT ?, ?, '', 0"
                + " WHERE NOT EXISTS (SELECT 1 FROM posthorn_position WHERE source = ?)";
        try (PreparedStatement create = connection.prepareStatement(insert)) {
            create.setString(1, source);
            create.setLong(2, BEGIN);
            create.setString(3, source);
            create.executeUpdate();
        }
    }

    /// @return whether this instance still held the lease
    static boolean moveTo(Connection connection, String source, String owner, long position) throws SQLException {
        String move = "UPDATE posthorn_position SET position = ? WHERE source = ? AND owner = ?";
        try (PreparedStatement update = connection.prepareStatement(move)) {
            update.setLong(1, position);
            update.setString(2, source);
            update.setString(3, owner);
            return update.executeUpdate() == 1;
        }
    }

    static boolean letGo(Connection connection, String owner) throws SQLException {
        String sql = "UPDATE posthorn_position SET owner = '', until = 0 WHERE owner = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, owner);
            return update.executeUpdate() > 0;
        }
    }
}
