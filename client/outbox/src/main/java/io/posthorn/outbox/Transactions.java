package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/// Short transactions of our own, each on a connection of its own.
record Transactions(DataSource database) {
    interface Work<T> {
        T run(Connection connection) throws Exception;
    }

    /// Commits when the work returns, and takes all back when it throws.
    <T> T run(Work<T> work) throws Exception {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T done = work.run(connection);
                connection.commit();
                return done;
            } catch (Exception | Error failure) {
                rollBack(connection, failure);
                throw failure;
            }
        }
    }

    private static void rollBack(Connection connection, Throwable failure) {
        try {
            connection.rollback();
        } catch (SQLException second) {
            failure.addSuppressed(second);
        }
    }
}
