package io.posthorn.outbox;

import io.posthorn.events.EventBus;
import io.posthorn.events.Publish;
import io.posthorn.events.Receipt;
import io.posthorn.events.Retry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A transactional outbox: what is published here is published if and only if the application's own transaction
/// commits. Thread-safe.
///
/// ```java
/// var outbox = JdbcOutbox.of(database, posthorn.bus());
/// outbox.createTables();
/// outbox.start();                                          // on as many instances as there are
/// try (var connection = database.getConnection()) {
///     connection.setAutoCommit(false);
///     insertOrder(connection, order);
///     outbox.publish(connection, new OrderPlaced(order.id()), Publish.about("order-" + order.id()));
///     connection.commit();
/// }
/// ```
///
/// An event is published at least once: a crash between publishing and removing it publishes it again, with the same
/// id, which a [JdbcInbox] knows. Events of one subject are published in the order of the outbox; where one fails,
/// those behind it wait until it was published, discarded or parked.
public final class JdbcOutbox implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JdbcOutbox.class.getName());
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final Transactions transactions;
    private final EventBus bus;
    private final InstantSource clock;
    private final Relay relay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private @Nullable Thread thread; // guarded by the lock, as the two below
    private boolean hasNews;
    private boolean closed;

    private JdbcOutbox(DataSource database, EventBus bus, Retry retry, InstantSource clock) {
        this.transactions = new Transactions(database);
        this.bus = bus;
        this.clock = clock;
        this.relay = new Relay(transactions, bus, new Lease(UUID.randomUUID().toString(), LEASE), retry, clock);
    }

    /// Tries each event ten times, for about half an hour, before it is parked.
    public static JdbcOutbox of(DataSource database, EventBus bus) {
        return of(database, bus, Retry.exponential(Duration.ofSeconds(1)).attempts(10), InstantSource.system());
    }

    /// On this database, for this bus; relays when it is started.
    ///
    /// @param retry how often an event is tried, and when
    /// @param clock the same on all instances, more or less: a lease of 15 seconds must not look over to one while
    /// another holds it
    public static JdbcOutbox of(DataSource database, EventBus bus, Retry retry, InstantSource clock) {
        return new JdbcOutbox(database, bus, retry, clock);
    }

    /// Makes the tables that are missing: `posthorn_outbox`, `posthorn_outbox_lease`, `posthorn_inbox`. For those who
    /// migrate their database by other means, `docs/library.md` has the statements.
    ///
    /// Instances that start together may all ask for it.
    public void createTables() {
        try {
            makeTables();
        } catch (OutboxException e) {
            // PostgreSQL's IF NOT EXISTS does not see what another transaction is about to make.
            LOG.log(Level.DEBUG, "the tables are asked for once more: {0}", e.getMessage());
            makeTables();
        }
    }

    private void makeTables() {
        asked("the tables could not be made", connection -> {
            Tables.create(connection);
            return true;
        });
    }

    /// Publishes an event with the transaction of this connection, when and if it commits.
    ///
    /// @throws SQLException when it cannot be written down; the transaction is then the application's to take back
    public Receipt publish(Connection connection, Object event) throws SQLException {
        return publish(connection, event, Publish.NORMALLY);
    }

    /// Publishes an event with the transaction of this connection, when and if it commits.
    ///
    /// @param how as for the bus; what it is delayed by counts from when it is relayed
    /// @throws SQLException when it cannot be written down; the transaction is then the application's to take back
    /// @throws io.posthorn.events.EventsException.BadMessage when it cannot be encoded
    public Receipt publish(Connection connection, Object event, Publish how) throws SQLException {
        var encoded = bus.encode(event, how);
        Rows.insert(connection, encoded, clock.millis());
        return new Receipt(encoded.id());
    }

    /// Relays from now on, as soon as it is this instance's turn, until it is closed.
    public void start() {
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = Thread.ofVirtual().name("outbox").start(this::relay);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Says that something was committed: it is looked at now and not at the next look. Not needed, but faster.
    public void wake() {
        lock.lock();
        try {
            hasNews = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Relays what is due, on the calling thread, if no other instance does.
    ///
    /// @return how many events were published
    public int relayNow() {
        try {
            return relay.round();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new OutboxException("the outbox could not be read", e);
        }
    }

    /// How many events are in it, those that were parked included.
    public long size() {
        return asked("the outbox could not be counted", Rows::count);
    }

    /// Events that wait, oldest first, with their attempts and last errors.
    public List<OutboxEntry> pending(int most) {
        return asked("the outbox could not be read", connection -> Rows.behind(connection, 0, false, most));
    }

    /// Events that were given up.
    public List<OutboxEntry> parked(int most) {
        return asked("the outbox could not be read", connection -> Rows.behind(connection, 0, true, most));
    }

    /// Tries a parked event again, from its first attempt on. @return whether it was parked
    public boolean retry(long id) {
        return asked("the event could not be retried", connection -> Rows.unpark(connection, id));
    }

    /// Removes a parked event for good. @return whether it was parked
    public boolean discard(long id) {
        return asked("the event could not be discarded", connection -> Rows.discard(connection, id));
    }

    private <T> T asked(String failure, Transactions.Work<T> work) {
        try {
            return transactions.run(work);
        } catch (Exception e) {
            throw new OutboxException(failure, e);
        }
    }

    private void relay() {
        while (await(round())) {
            // the next round
        }
        try {
            relay.letGo();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "the lease runs out by itself: {0}", e.getMessage());
        }
    }

    /// @return how long to wait for the next
    private Duration round() {
        try {
            relay.round();
            return BETWEEN_LOOKS;
        } catch (Exception e) {
            LOG.log(Level.WARNING, "the outbox will be relayed later: {0}", e.getMessage());
            return AFTER_FAILURE;
        }
    }

    /// @return whether to go on
    private boolean await(Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!hasNews && !closed && left > 0) {
                left = news.awaitNanos(left);
            }
            hasNews = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the relay in order; what is in the outbox stays there.
    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            running = thread;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
