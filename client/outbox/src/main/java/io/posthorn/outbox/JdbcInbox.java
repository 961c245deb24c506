package io.posthorn.outbox;

import io.posthorn.events.EventContext;
import io.posthorn.events.EventHandler;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;

/// An idempotent inbox: a handler's effect on a database happens once for each event, however often it is delivered.
/// Thread-safe.
///
/// The event's id is written in the handler's own transaction, so both are there or neither. The outbox's
/// [JdbcOutbox#createTables] makes the table.
///
/// ```java
/// bus.subscribe(Subscribe.to(OrderPlaced.class).durable("ledger"),
///         inbox.once("ledger", (connection, event, context) -> book(connection, event)));
/// ```
public final class JdbcInbox {
    private final Transactions transactions;
    private final InstantSource clock;

    private JdbcInbox(DataSource database, InstantSource clock) {
        this.transactions = new Transactions(database);
        this.clock = clock;
    }

    /// On this database, by the machine's time.
    public static JdbcInbox of(DataSource database) {
        return new JdbcInbox(database, InstantSource.system());
    }

    /// On this database.
    ///
    /// @param clock of which [#forget] counts
    public static JdbcInbox of(DataSource database, InstantSource clock) {
        return new JdbcInbox(database, clock);
    }

    /// Works on an event within a transaction, which is committed when it returns.
    @FunctionalInterface
    public interface TransactionalHandler<T> {
        /// Handles one event. On a virtual thread, with a connection that is this call's alone, and not to be committed
        /// or closed by it.
        ///
        /// @throws Exception takes all back, and has the event tried again
        void handleEvent(Connection connection, T event, EventContext context) throws Exception;
    }

    /// A handler that passes over what this subscription has handled before.
    public <T> EventHandler<T> once(String subscription, TransactionalHandler<? super T> handler) {
        return (event, context) -> transactions.run(connection -> {
            if (isNew(
                    connection,
                    subscription,
                    context.event().source() + " " + context.event().id())) {
                handler.handleEvent(connection, event, context);
            }
            return true;
        });
    }

    /// The insert waits for another that handles the same event at the same time, and then finds it there.
    private boolean isNew(Connection connection, String subscription, String event) throws SQLException {
        String sql = "INSERT INTO posthorn_inbox (subscription, event_id, handled_at) SELECT ?, ?, ?"
                + " WHERE NOT EXISTS (SELECT 1 FROM posthorn_inbox WHERE subscription = ? AND event_id = ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, subscription);
            insert.setString(2, event);
            insert.setLong(3, clock.millis());
            insert.setString(4, subscription);
            insert.setString(5, event);
            return insert.executeUpdate() == 1;
        }
    }

    /// Forgets what was handled longer ago than this. @return how many events
    public int forget(Duration age) {
        try {
            return transactions.run(connection -> {
                try (PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM posthorn_inbox WHERE handled_at < ?")) {
                    delete.setLong(1, clock.millis() - age.toMillis());
                    return delete.executeUpdate();
                }
            });
        } catch (Exception e) {
            throw new OutboxException("the inbox could not be cleared", e);
        }
    }
}
