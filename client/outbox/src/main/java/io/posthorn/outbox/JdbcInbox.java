package io.posthorn.outbox;

import io.posthorn.events.Event;
import io.posthorn.events.EventContext;
import io.posthorn.events.EventHandler;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
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
    /// What the column has room for.
    private static final int LONGEST_KEY = 255;

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

    /// A handler that passes over what this subscription has handled before. While another works on the same
    /// event it waits for the end of that, as long as the database lets it wait for a row (H2 two seconds, SQLite
    /// three, unless set); what waits longer is a failed attempt.
    public <T> EventHandler<T> once(String subscription, TransactionalHandler<? super T> handler) {
        return (event, context) -> transactions.run(connection -> {
            if (isNew(connection, subscription, context.event())) {
                handler.handleEvent(connection, event, context);
            }
            return true;
        });
    }

    /// The insert waits for another that handles the same event at the same time, and then finds it there, or does the
    /// work that the other took back.
    private boolean isNew(Connection connection, String subscription, Event<?> event) throws SQLException {
        String insert = "INSERT INTO posthorn_inbox (subscription, event_id, handled_at) VALUES (?, ?, ?)";
        return Dialect.of(connection).insertIfAbsent(connection, insert, subscription, key(event), clock.millis());
    }

    /// Source and id together, which no other event has; of what the column has no room for, a hash. There is a
    /// space in the one, and none in the other.
    private static String key(Event<?> event) {
        String key = event.source() + " " + event.id();
        return key.length() <= LONGEST_KEY
                ? key
                : UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
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
