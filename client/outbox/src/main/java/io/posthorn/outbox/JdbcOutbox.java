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
/// id, which a [JdbcInbox] knows. Events of one subject are published one after the other, in the order of the outbox;
/// where one fails, those behind it wait until it was published, discarded or parked. So a subject has no more events a
/// second than the broker confirms in turn; different subjects, and events without one, share a wait.
///
/// An instance that stands still for longer than its lease loses its turn, and counts nothing against events any more.
/// What it had already sent may then come again, behind what another has published since.
public final class JdbcOutbox implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JdbcOutbox.class.getName());
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Transactions transactions;
    private final EventBus bus;
    private final InstantSource clock;
    private final Relay relay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private @Nullable Thread thread; // guarded by the lock, as the two below
    private @Nullable Thread ending;
    private boolean hasNews;

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
    /// @throws IllegalArgumentException for an id of more than 255 bytes and a delay of more than a hundred years
    public Receipt publish(Connection connection, Object event, Publish how) throws SQLException {
        var encoded = bus.encode(event, how);
        Rows.insert(connection, encoded, clock.millis());
        return new Receipt(encoded.id());
    }

    /// Relays from now on, as soon as it is this instance's turn, until it is closed.
    public void start() {
        lock.lock();
        try {
            if (thread == null && !relay.isStopped()) {
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

    /// Relays what is due, on the calling thread, if no other instance does and it is not closed. Waits where this
    /// instance is at it on another thread.
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
        return asked("the outbox could not be read", connection -> Rows.oldest(connection, false, most));
    }

    /// Events that were given up.
    public List<OutboxEntry> parked(int most) {
        return asked("the outbox could not be read", connection -> Rows.oldest(connection, true, most));
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
    }

    /// @return how long to wait for the next
    private Duration round() {
        try {
            relay.round();
            return BETWEEN_LOOKS;
        } catch (Exception e) {
            LOG.log(Level.WARNING, "the outbox will be relayed later: {0}", e.getMessage());
        } catch (Error e) { // there is nobody else who would relay what is committed
            LOG.log(Level.ERROR, "the outbox will be relayed later", e);
        }
        return AFTER_FAILURE;
    }

    /// @return whether to go on
    private boolean await(Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!hasNews && !relay.isStopped() && left > 0) {
                left = news.awaitNanos(left);
            }
            hasNews = false;
            return !relay.isStopped();
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the relay: what is being published now is waited for, up to ten seconds, and what else is in the outbox
    /// stays there.
    @Override
    public void close() {
        var _ = close(DRAIN);
    }

    /// Ends the relay: what is being published now is waited for, and what else is in the outbox stays there. Events
    /// can still be published into it, for another instance to relay.
    ///
    /// @param drain how long to wait for what is being published
    /// @return whether it was done in time; if not, it goes on for as long as the broker takes, begins nothing
    /// further, and another instance takes over when the lease has run out. Never for who closes it from within a
    /// publish
    public boolean close(Duration drain) {
        Thread end = end();
        if (relay.isInItsOwnRound()) {
            return false;
        }
        try {
            if (end.join(drain)) {
                return true;
            }
            LOG.log(Level.WARNING, "the outbox is closed while a publish hangs: the lease runs out by itself");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /// Waits for the round on a thread of its own, since whoever closes has only so much time.
    private Thread end() {
        lock.lock();
        try {
            relay.stop();
            news.signalAll();
            if (ending == null) {
                ending = Thread.ofVirtual().name("outbox-end").start(relay::end);
            }
            return ending;
        } finally {
            lock.unlock();
        }
    }
}
