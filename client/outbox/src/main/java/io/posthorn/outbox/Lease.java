package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/// Which of many instances relays: one at a time, so that events of one subject keep their order. It keeps the lease
/// by renewing it with whatever it writes; when it is gone, another takes over after the lease has run out. Every
/// method works in the connection's own transaction, which has the lease's row until it ends.
///
/// @param owner this instance
record Lease(String owner, Duration length) {
    private static final String NAME = "relay";

    /// Takes the lease, or renews it. To be committed before anything is relayed.
    ///
    /// @return false while another has it
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
        String make = "INSERT INTO posthorn_outbox_lease (name, owner, until) VALUES (?, ?, ?)";
        return Dialect.of(connection).insertIfAbsent(connection, make, NAME, owner, now + length.toMillis());
    }

    /// Renews the lease, if nobody has had it since: who did may have let go of it again, and knows more of the outbox
    /// than was read before.
    ///
    /// @return false when it is lost
    boolean renew(Connection connection, long now) throws SQLException {
        String sql = "UPDATE posthorn_outbox_lease SET until = ? WHERE name = ? AND owner = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, now + length.toMillis());
            update.setString(2, NAME);
            update.setString(3, owner);
            return update.executeUpdate() == 1;
        }
    }

    /// Lets another take over at once.
    ///
    /// @return whether it was this instance's
    boolean letGo(Connection connection) throws SQLException {
        String sql = "UPDATE posthorn_outbox_lease SET owner = '', until = 0 WHERE name = ? AND owner = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, NAME);
            update.setString(2, owner);
            return update.executeUpdate() == 1;
        }
    }
}
