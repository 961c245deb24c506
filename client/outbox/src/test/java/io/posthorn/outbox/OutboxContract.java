package io.posthorn.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EncodedEvent;
import io.posthorn.events.EventBus;
import io.posthorn.events.EventHandler;
import io.posthorn.events.EventTypes;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Receipt;
import io.posthorn.events.Retry;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What outbox and inbox promise, on whatever database.
abstract class OutboxContract {
    record Placed(int order) {}

    private final HandClock clock = new HandClock();
    private final Posthorn posthorn = Posthorn.open("mem:");
    private final BlockingQueue<Integer> published = new LinkedBlockingQueue<>();
    private final FaultyBus bus = new FaultyBus(posthorn.bus());
    private DataSource database;
    private JdbcOutbox outbox;

    /// Of a database that is empty and there for this test.
    abstract DataSource database() throws Exception;

    @BeforeEach
    void open() throws Exception {
        database = database();
        outbox = outbox();
        outbox.createTables();
        outbox.createTables(); // once more does no harm
        posthorn.bus().subscribe(Placed.class, (event, _) -> published.add(event.order()));
        assertThat(outbox.relayNow()).isZero(); // makes the lease
    }

    @AfterEach
    void close() {
        posthorn.close();
    }

    private JdbcOutbox outbox() {
        return JdbcOutbox.of(database, bus, Retry.fixed(Duration.ofSeconds(10)).attempts(3), clock);
    }

    @Test
    void instancesThatStartTogetherMayAllMakeTheTables() throws Exception {
        for (String table : List.of("posthorn_outbox", "posthorn_outbox_lease", "posthorn_inbox")) {
            execute("DROP TABLE " + table);
        }
        var made = new ArrayList<CompletableFuture<Void>>();
        var ready = new CyclicBarrier(8);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ready.getParties(); i++) {
                made.add(CompletableFuture.runAsync(
                        () -> {
                            assertThatCode(ready::await).doesNotThrowAnyException();
                            outbox().createTables();
                        },
                        threads));
            }
        }
        made.forEach(CompletableFuture::join);
        transaction(true, 1);
        assertThat(outbox.size()).isEqualTo(1);
    }

    @Test
    void whatIsCommittedIsPublishedAndWhatIsRolledBackIsNot() throws Exception {
        transaction(true, 1);
        transaction(false, 2);
        transaction(true, 3);

        assertThat(outbox.size()).isEqualTo(2);
        assertThat(outbox.relayNow()).isEqualTo(2);
        assertThat(List.of(take(), take())).containsExactly(1, 3);
        assertThat(outbox.size()).isZero();
    }

    @Test
    void theRelayWorksByItself() throws Exception {
        outbox.start();
        transaction(true, 1);
        outbox.wake();
        assertThat(take()).isEqualTo(1);
        transaction(true, 2); // and without being told
        assertThat(take()).isEqualTo(2);
        outbox.close();
    }

    @Test
    void theEnvelopeIsMadeWhenTheEventIsWritten() throws Exception {
        BlockingQueue<String> subjects = new LinkedBlockingQueue<>();
        posthorn.bus()
                .subscribe(
                        Subscribe.toTopic("orders.#"),
                        (_, context) -> subjects.add(
                                context.topic() + " " + context.event().subject() + " "
                                        + context.event().extensions().get("note")));
        try (Connection connection = database.getConnection()) {
            outbox.publish(
                    connection,
                    new Placed(1),
                    Publish.to("orders.new").subject("order-1").extension("note", "two\nlines \\ and more"));
        }
        outbox.relayNow();

        assertThat(subjects.poll(30, TimeUnit.SECONDS)).isEqualTo("orders.new order-1 two\nlines \\ and more");
    }

    @Test
    void anEventThatIsRefusedHoldsUpItsSubjectOnlyAndIsParkedAtLast() throws Exception {
        bus.refuses = event -> event.subject() != null && event.subject().equals("bad");
        transaction(true, 1, "bad");
        transaction(true, 2, "good");
        transaction(true, 3, "bad");

        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(take()).isEqualTo(2);
        assertThat(outbox.pending(10)).hasSize(2);
        assertThat(outbox.pending(10).getFirst().attempts()).isEqualTo(1);
        assertThat(outbox.pending(10).getFirst().lastError()).contains("refused on purpose");

        assertThat(outbox.relayNow()).isZero(); // not before its time
        assertThat(outbox.pending(10).getFirst().attempts()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(11));
        outbox.relayNow();
        clock.advance(Duration.ofSeconds(11));
        outbox.relayNow();
        List<OutboxEntry> parked = outbox.parked(10);
        assertThat(parked).hasSize(1);
        assertThat(parked.getFirst().attempts()).isEqualTo(3);

        bus.refuses = _ -> false;
        assertThat(outbox.retry(parked.getFirst().id())).isTrue();
        assertThat(outbox.relayNow()).isEqualTo(2);
        assertThat(List.of(take(), take())).containsExactly(1, 3);
    }

    @Test
    void aParkedEventCanBeDiscardedAndOneThatIsNotCannot() throws Exception {
        bus.refuses = _ -> true;
        transaction(true, 1);
        long id = outbox.pending(1).getFirst().id();
        assertThat(outbox.discard(id)).isFalse();
        for (int i = 0; i < 3; i++) {
            outbox.relayNow();
            clock.advance(Duration.ofSeconds(11));
        }
        assertThat(outbox.discard(id)).isTrue();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void aBrokerThatIsAwayCostsNoEventAnAttempt() throws Exception {
        bus.isAway = true;
        transaction(true, 1);
        assertThatThrownBy(outbox::relayNow).isInstanceOf(EventsException.Unreachable.class);
        assertThat(outbox.pending(1).getFirst().attempts()).isZero();

        bus.isAway = false;
        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(take()).isEqualTo(1);
    }

    @Test
    void oneInstanceRelaysAtATimeAndAnotherTakesOver() throws Exception {
        JdbcOutbox second = outbox();
        transaction(true, 1);
        assertThat(outbox.relayNow()).isEqualTo(1);
        transaction(true, 2);
        assertThat(second.relayNow()).isZero();
        clock.advance(Duration.ofSeconds(16));
        assertThat(second.relayNow()).isEqualTo(1);
        transaction(true, 3);
        assertThat(outbox.relayNow()).isZero();

        assertThat(List.of(take(), take())).containsExactly(1, 2);
    }

    @Test
    void manyInstancesKeepTheOrderOfEachSubject() throws Exception {
        List<JdbcOutbox> instances = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            instances.add(outbox());
        }
        instances.forEach(JdbcOutbox::start);
        for (int i = 0; i < 200; i++) {
            transaction(true, i, "subject-" + i % 3);
        }
        var seen = new ArrayList<Integer>();
        for (int i = 0; i < 200; i++) {
            seen.add(take());
        }
        instances.forEach(JdbcOutbox::close);
        for (int subject = 0; subject < 3; subject++) {
            int of = subject;
            assertThat(seen.stream().filter(order -> order % 3 == of).toList()).isSorted();
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void anEffectHappensOnceHoweverOftenTheEventComes() throws Exception {
        var inbox = JdbcInbox.of(database, clock);
        execute("CREATE TABLE booked (order_id INT NOT NULL)");
        EventHandler<Placed> once = inbox.once("ledger", (connection, event, _) -> book(connection, event.order()));
        BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
        posthorn.bus().subscribe(Placed.class, (event, context) -> {
            once.handleEvent(event, context);
            handled.add(event.order());
        });
        EventBus real = posthorn.bus();
        real.publish(new Placed(1), Publish.NORMALLY.id("first"));
        real.publish(new Placed(1), Publish.NORMALLY.id("first"));
        real.publish(new Placed(1), Publish.NORMALLY.id("second"));
        for (int i = 0; i < 3; i++) {
            assertThat(handled.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(booked()).isEqualTo(2);

        clock.advance(Duration.ofDays(8));
        assertThat(inbox.forget(Duration.ofDays(7))).isEqualTo(2);
    }

    @Test
    void anEffectThatFailsIsTakenBackAndHappensTheNextTime() throws Exception {
        var inbox = JdbcInbox.of(database, clock);
        execute("CREATE TABLE booked (order_id INT NOT NULL)");
        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        EventHandler<Placed> once = inbox.once("ledger", (connection, event, context) -> {
            book(connection, event.order());
            attempts.add(context.attempt());
            if (context.attempt() == 1) {
                throw new IllegalStateException("after the booking");
            }
        });
        var work = io.posthorn.events.WorkOptions.oneAtATime().retry(Retry.fixed(Duration.ofMillis(5)));
        try (Subscription _ =
                posthorn.bus().subscribe(Subscribe.to(Placed.class).work(work), once)) {
            posthorn.bus().publish(new Placed(1));
            assertThat(attempts.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(attempts.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(booked()).isEqualTo(1);
    }

    private void transaction(boolean commits, int order) throws SQLException {
        transaction(commits, order, null);
    }

    private void transaction(boolean commits, int order, @org.jspecify.annotations.Nullable String subject)
            throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            outbox.publish(connection, new Placed(order), subject == null ? Publish.NORMALLY : Publish.about(subject));
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
        }
    }

    private int take() throws InterruptedException {
        Integer order = published.poll(30, TimeUnit.SECONDS);
        assertThat(order).isNotNull();
        return order;
    }

    private static void book(Connection connection, int order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO booked VALUES (?)")) {
            insert.setInt(1, order);
            insert.executeUpdate();
        }
    }

    private int booked() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT COUNT(*) FROM booked")) {
            row.next();
            return row.getInt(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Time that is moved by hand.
    private static final class HandClock implements InstantSource {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration time) {
            now = now.plus(time);
        }
    }

    /// A bus that fails when it is told to.
    private static final class FaultyBus implements EventBus {
        private final EventBus real;
        private volatile Predicate<EncodedEvent> refuses = _ -> false;
        private volatile boolean isAway;

        FaultyBus(EventBus real) {
            this.real = real;
        }

        @Override
        public void publishEncoded(List<EncodedEvent> events) {
            if (isAway) {
                throw new EventsException.Unreachable("away on purpose", null);
            }
            if (events.stream().anyMatch(refuses)) {
                throw new EventsException.Refused("refused on purpose", null);
            }
            real.publishEncoded(events);
        }

        @Override
        public EncodedEvent encode(Object event, Publish how) {
            return real.encode(event, how);
        }

        @Override
        public Receipt publish(Object event, Publish how) {
            return real.publish(event, how);
        }

        @Override
        public <T> Subscription subscribe(Subscribe<T> wanted, EventHandler<? super T> handler) {
            return real.subscribe(wanted, handler);
        }

        @Override
        public <R> R request(Object event, Publish how, Class<R> answer, Duration patience) {
            return real.request(event, how, answer, patience);
        }

        @Override
        public EventTypes types() {
            return real.types();
        }
    }
}
