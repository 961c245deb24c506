package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/// Which of many instances relays: one at a time, so that events of one subject keep their order. It keeps the lease
/// by renewing it before each batch; when it is gone, another takes over after the lease has run out.
///
/// @param owner this instance
record Lease(String owner, Duration length) {
    private static final String NAME = "relay";

    /// Takes or renews the lease. In the connection's own transaction, which is to be committed before anything is
    /// relayed.
    boolean hold(Connection connection, long now) throws SQLException {
        String take =
                "UPDATE posthorn_outbox_lease SET owner = ?, until = ? WHERE name = ? AND (owner = ? OR until < ?)";
        try (PreparedStatement update = connection.prepareStatement(take)) {
            update.setString(1, owner);
            update.setLong(2, now + length.toMillis());
            update.setString(3, NAME);
            update.setString(4, owner);
            update.setLong(5, now);
            if (update.executeUpdate() == 1) {
                return true;
            }
        }
        return create(connection);
    }

    /// The row is made by whoever is first, held by nobody yet; it is taken the next time.
    private static boolean create(Connection connection) throws SQLException {
        String insert = "INSERT INTO posthorn_outbox_lease (name, owner, until) SELECT ?, '', 0"
                + " WHERE NOT EXISTS (SELECT 1 FROM posthorn_outbox_lease WHERE name = ?)";
        try (PreparedStatement create = connection.prepareStatement(insert)) {
            create.setString(1, NAME);
            create.setString(2, NAME);
            create.executeUpdate();
        }
        return false;
    }

    /// Lets another take over at once.
    void letGo(Connection connection) throws SQLException {
        String sql = "UPDATE posthorn_outbox_lease SET owner = '', until = 0 WHERE name = ? AND owner = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, NAME);
            update.setString(2, owner);
            update.executeUpdate();
        }
    }
}
