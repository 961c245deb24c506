package io.posthorn.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventBus;
import io.posthorn.events.EventContext;
import io.posthorn.events.EventHandler;
import io.posthorn.events.Publish;
import io.posthorn.events.Retry;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What outbox and inbox promise, on whatever database.
abstract class OutboxContract extends RelayContract {
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
                            awaitAt(ready);
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

    @Test
    void whoeverComesSecondWaitsForTheFirstAndFindsTheEventThere() throws Exception {
        var inbox = JdbcInbox.of(database, clock);
        EventContext context = delivered(Publish.NORMALLY);
        var firstIsAtIt = new CountDownLatch(1);
        var firstGoesOn = new CountDownLatch(1);
        var handled = new AtomicInteger();
        EventHandler<Placed> once = inbox.once("ledger", (_, _, _) -> {
            handled.incrementAndGet();
            firstIsAtIt.countDown();
            awaitAt(firstGoesOn);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> handle(once, context));
            firstIsAtIt.await();
            clock.whenAsked = firstGoesOn::countDown; // the second asks, for what it is about to insert
            if (!letsTwoWrite()) {
                firstGoesOn.countDown();
            }
            var second = threads.submit(() -> handle(once, context));
            assertThatCode(first::get).doesNotThrowAnyException();
            assertThatCode(second::get).doesNotThrowAnyException();
        }
        assertThat(handled).hasValue(1);
    }

    @Test
    void eventsAreToldApartHoweverLongTheirSourcesAre() throws Exception {
        var inbox = JdbcInbox.of(database, clock);
        var handled = new AtomicInteger();
        EventHandler<Placed> once = inbox.once("ledger", (_, _, _) -> handled.incrementAndGet());
        Publish far = Publish.NORMALLY.source(URI.create("urn:" + "far-away-".repeat(40)));
        EventContext one = delivered(far.id("1"));
        handle(once, one);
        handle(once, one);
        assertThat(handled).hasValue(1);

        handle(once, delivered(far.id("2")));
        assertThat(handled).hasValue(2);
    }

    @Test
    void whatNoBrokerTakesIsNotWrittenDown() throws Exception {
        try (Connection connection = database.getConnection()) {
            for (Publish how : List.of(
                    Publish.NORMALLY.id("\u8ba2\u5355".repeat(60)),
                    Publish.after(Duration.ofSeconds(Long.MAX_VALUE)))) {
                assertThatThrownBy(() -> outbox.publish(connection, new Placed(1), how))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(outbox.size()).isZero();
    }

    /// An event's, as a handler had it.
    private EventContext delivered(Publish how) throws InterruptedException {
        BlockingQueue<EventContext> contexts = new LinkedBlockingQueue<>();
        try (var _ = posthorn.bus().subscribe(Placed.class, (_, context) -> contexts.add(context))) {
            posthorn.bus().publish(new Placed(1), how);
            EventContext context = contexts.poll(30, TimeUnit.SECONDS);
            assertThat(context).isNotNull();
            return context;
        }
    }

    private static boolean handle(EventHandler<Placed> handler, EventContext context) throws Exception {
        handler.handleEvent(new Placed(1), context);
        return true;
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
}
