package io.posthorn.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// A database with an outbox, a bus in memory behind it, and somebody who has subscribed there.
@Timeout(60)
abstract class OutboxWorld {
    /// Longer than anything takes.
    static final Duration LONG = Duration.ofSeconds(30);

    record Placed(int order) {}

    final HandClock clock = new HandClock();
    final Posthorn posthorn = Posthorn.open("mem:");
    final FaultyBus bus = new FaultyBus(posthorn.bus());
    private final BlockingQueue<Integer> published = new LinkedBlockingQueue<>();
    DataSource database;
    JdbcOutbox outbox;

    /// Of a database that is empty and there for this test.
    abstract DataSource database() throws Exception;

    /// Whether a transaction that writes can begin while another does.
    boolean letsTwoWrite() {
        return true;
    }

    @BeforeEach
    void open() throws Exception {
        database = database();
        outbox = outbox();
        outbox.createTables();
        outbox.createTables(); // once more does no harm
        posthorn.bus().subscribe(Placed.class, (event, _) -> published.add(event.order()));
    }

    @AfterEach
    void close() {
        posthorn.close();
    }

    /// One more instance.
    JdbcOutbox outbox() {
        return JdbcOutbox.of(database, bus, Retry.fixed(Duration.ofSeconds(10)).attempts(3), clock);
    }

    void transaction(boolean commits, int order) throws SQLException {
        transaction(commits, order, Publish.NORMALLY);
    }

    void transaction(boolean commits, int order, String subject) throws SQLException {
        transaction(commits, order, Publish.about(subject));
    }

    void transaction(boolean commits, int order, Publish how) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            outbox.publish(connection, new Placed(order), how);
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
        }
    }

    /// The next that whoever has subscribed gets.
    int take() throws InterruptedException {
        Integer order = published.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(order).isNotNull();
        return order;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void awaitAt(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void awaitAt(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    /// Time that is moved by hand.
    static final class HandClock implements InstantSource {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        /// On the thread that asks for the time.
        volatile Runnable whenAsked = () -> {};

        @Override
        public Instant instant() {
            whenAsked.run();
            return now;
        }

        void advance(Duration time) {
            now = now.plus(time);
        }
    }
}
