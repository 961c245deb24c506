package io.posthorn.outbox;

import io.posthorn.events.EncodedEvent;
import io.posthorn.events.EventSource;
import io.posthorn.events.Publish;
import io.posthorn.events.SourceContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// New rows of a table as events, by a column that numbers them: an identity or a sequence.
///
/// ```java
/// posthorn.source("orders", JdbcSource.of(database, "SELECT id, cents FROM orders WHERE id > ? ORDER BY id",
///         row -> new OrderSeen(row.getLong(1), row.getLong(2))));
/// ```
///
/// How far it has come is a row of the same database, in `posthorn_position`, under the source's name: each
/// row of the table is published at least once over all starts, with the same id each time, so that a
/// [JdbcInbox] knows it. On many instances one at a time looks (a lease of 15 seconds).
///
/// Transactions commit in another order than they take their numbers. So where a number is missing the
/// source waits, ten seconds unless said otherwise, for whoever has it to commit, before it passes over it.
/// What a transaction brings that takes longer is missed: what must not be missed is for the outbox.
///
/// Confined to one look at a time.
public final class JdbcSource implements EventSource {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration GAP_PATIENCE = Duration.ofSeconds(10);
    private static final int PAGE = 5_000;

    private final Transactions transactions;
    private final String sql;
    private final RowReader reader;
    private final Duration interval;
    private final Duration gapPatience;
    private final String owner = UUID.randomUUID().toString();

    /// What is missing up to here never comes any more.
    private long settled;

    private @Nullable Horizon horizon;

    /// Makes an event of a row.
    @FunctionalInterface
    public interface RowReader {
        /// Called for each row, where the result set stands on it.
        ///
        /// @throws SQLException has the source looked at again after a back-off
        Object event(ResultSet row) throws SQLException;
    }

    /// The greatest number that was there at a time: whoever has a smaller one has taken it before.
    private record Horizon(long number, Instant since) {}

    /// A row, ready to be published.
    private record Found(long number, EncodedEvent event) {}

    private JdbcSource(
            Transactions transactions, String sql, RowReader reader, Duration interval, Duration gapPatience) {
        this.transactions = transactions;
        this.sql = sql;
        this.reader = reader;
        this.interval = interval;
        this.gapPatience = gapPatience;
    }

    /// Rows of a statement, looked at every second.
    ///
    /// @param sql selects the number first, has one parameter, which rows are to be behind, and orders by
    /// the number
    public static JdbcSource of(DataSource database, String sql, RowReader reader) {
        return new JdbcSource(new Transactions(database), sql, reader, Duration.ofSeconds(1), GAP_PATIENCE);
    }

    /// A second unless set.
    public JdbcSource every(Duration look) {
        return new JdbcSource(transactions, sql, reader, look, gapPatience);
    }

    /// How long the application's transactions take at most; zero where numbers are given in the order of
    /// commits.
    public JdbcSource waitingForGaps(Duration longestTransaction) {
        return new JdbcSource(transactions, sql, reader, interval, longestTransaction);
    }

    @Override
    public void open(SourceContext context) throws Exception {
        transactions.run(connection -> {
            Positions.create(connection);
            return true;
        });
    }

    @Override
    public Duration look(SourceContext context) throws Exception {
        long now = context.clock().millis();
        long until = now + LEASE.toMillis();
        OptionalLong held =
                transactions.run(connection -> Positions.hold(connection, context.name(), owner, now, until));
        if (held.isEmpty()) {
            return interval; // another instance looks
        }
        long position = held.getAsLong();
        List<Found> rows = transactions.run(connection -> behind(connection, position, context));
        List<Found> due = upToGap(rows, position, context.clock().instant());
        if (due.isEmpty()) {
            return interval;
        }
        context.bus().publishEncoded(due.stream().map(Found::event).toList());
        long reached = due.getLast().number();
        transactions.run(connection -> Positions.moveTo(connection, context.name(), owner, reached));
        return rows.size() == PAGE && due.size() == PAGE ? Duration.ZERO : interval;
    }

    private List<Found> behind(Connection connection, long position, SourceContext context) throws SQLException {
        var found = new ArrayList<Found>();
        long last = position;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, position);
            select.setMaxRows(PAGE);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long number = rows.getLong(1);
                    if (number <= last) {
                        throw new SQLException("a row with " + number + " comes behind " + last
                                + ": the statement must select the number first, and ORDER BY it: " + sql);
                    }
                    last = number;
                    found.add(new Found(number, event(rows, number, context)));
                }
            }
        }
        return found;
    }

    private EncodedEvent event(ResultSet row, long number, SourceContext context) throws SQLException {
        return context.bus().encode(reader.event(row), Publish.NORMALLY.id(context.name() + "@" + number));
    }

    /// Rows that no other can come before any more.
    private List<Found> upToGap(List<Found> rows, long position, Instant now) {
        var due = new ArrayList<Found>();
        if (rows.isEmpty()) {
            return due;
        }
        settle(rows.getLast().number(), now);
        long expected = position + 1;
        for (Found row : rows) {
            if (row.number() != expected && row.number() - 1 > settled) {
                break;
            }
            due.add(row);
            expected = row.number() + 1;
        }
        return due;
    }

    private void settle(long greatest, Instant now) {
        if (gapPatience.isZero()) {
            settled = greatest;
        } else if (horizon == null) {
            horizon = new Horizon(greatest, now);
        } else if (!now.isBefore(horizon.since().plus(gapPatience))) {
            settled = horizon.number();
            horizon = new Horizon(greatest, now);
        }
    }

    @Override
    public void close() throws Exception {
        transactions.run(connection -> Positions.letGo(connection, owner));
    }
}
