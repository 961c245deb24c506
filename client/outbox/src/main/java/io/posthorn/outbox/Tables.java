package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// The tables, and how they are made.
final class Tables {
    private Tables() {}

    /// Makes what is missing. In the connection's own transaction.
    static void create(Connection connection) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS posthorn_outbox (
                        id %s,
                        event_id VARCHAR(255) NOT NULL,
                        topic VARCHAR(255) NOT NULL,
                        type_names TEXT NOT NULL,
                        subject VARCHAR(255),
                        delay_millis BIGINT NOT NULL,
                        content_type VARCHAR(255) NOT NULL,
                        headers TEXT NOT NULL,
                        body %s NOT NULL,
                        created_at BIGINT NOT NULL,
                        attempts INT NOT NULL,
                        next_attempt_at BIGINT NOT NULL,
                        parked INT NOT NULL,
                        last_error TEXT)""".formatted(dialect.identity(), dialect.bytes()));
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS posthorn_outbox_lease (
                        name VARCHAR(64) PRIMARY KEY,
                        owner VARCHAR(64) NOT NULL,
                        until BIGINT NOT NULL)""");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS posthorn_inbox (
                        subscription VARCHAR(255) NOT NULL,
                        event_id VARCHAR(255) NOT NULL,
                        handled_at BIGINT NOT NULL,
                        PRIMARY KEY (subscription, event_id))""");
        }
    }
}
