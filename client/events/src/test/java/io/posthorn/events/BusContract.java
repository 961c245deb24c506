package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the event bus promises, on whatever broker. A codec for records is on the class path of whoever extends this.
public abstract class BusContract {
    private static final Duration LONG = Duration.ofSeconds(30);

    /// A family of events.
    public sealed interface OrderEvent permits OrderPlaced, OrderPaid {
        long id();
    }

    public record OrderPlaced(long id, String article) implements OrderEvent {}

    public record OrderPaid(long id) implements OrderEvent {}

    public record Unrelated(String text) {}

    public record Question(int number) {}

    public record Answer(int square) {}

    private final String suffix = UUID.randomUUID().toString();
    private Posthorn posthorn;
    private EventBus bus;

    protected BusContract() {}

    /// Of a broker that is there for this test.
    protected abstract String uri();

    @BeforeEach
    void open() {
        posthorn = Posthorn.builder(uri()).source(URI.create("urn:test:shop")).open();
        bus = posthorn.bus();
    }

    @AfterEach
    void close() {
        posthorn.queue(
                        "posthorn.events.dead",
                        String.class,
                        QueueOptions.fifo().maxLength(100_000, QueueOptions.Overflow.DROP_OLDEST))
                .purge();
        posthorn.close();
    }

    @Test
    void aHandlerGetsWhatItsTypeIsAndWhatIsBelowIt() throws Exception {
        BlockingQueue<Object> family = new LinkedBlockingQueue<>();
        BlockingQueue<Object> placed = new LinkedBlockingQueue<>();
        try (var _ = bus.subscribe(OrderEvent.class, (event, _) -> family.add(event));
                var _ = bus.subscribe(OrderPlaced.class, (event, _) -> placed.add(event))) {
            bus.publish(new Unrelated("x"));
            bus.publish(new OrderPaid(1));
            bus.publish(new OrderPlaced(2, "tea"));

            assertThat(List.of(take(family), take(family)))
                    .containsExactly(new OrderPaid(1), new OrderPlaced(2, "tea"));
            assertThat(take(placed)).isEqualTo(new OrderPlaced(2, "tea"));
            assertThat(placed).isEmpty();
        }
    }

    @Test
    void aPatternChoosesByTopicAndATypeBesideItByBoth() throws Exception {
        BlockingQueue<String> byTopic = new LinkedBlockingQueue<>();
        BlockingQueue<Object> byBoth = new LinkedBlockingQueue<>();
        String shop = "shop-" + suffix;
        try (var _ = bus.subscribe(Subscribe.toTopic(shop + ".#"), (_, context) -> byTopic.add(context.topic()));
                var _ = bus.subscribe(
                        Subscribe.to(OrderEvent.class).topic(shop + ".*.south"), (event, _) -> byBoth.add(event))) {
            bus.publish(new OrderPaid(1), Publish.to(shop + ".orders.north"));
            bus.publish(new Unrelated("x"), Publish.to(shop + ".weather.south"));
            bus.publish(new OrderPaid(3), Publish.to(shop + ".orders.south"));
            bus.publish(new OrderPaid(4), Publish.to("elsewhere"));

            assertThat(List.of(take(byTopic), take(byTopic), take(byTopic)))
                    .containsExactly(shop + ".orders.north", shop + ".weather.south", shop + ".orders.south");
            assertThat(take(byBoth)).isEqualTo(new OrderPaid(3));
        }
    }

    @Test
    void theEnvelopeIsThatOfCloudEvents() throws Exception {
        BlockingQueue<Event<?>> seen = new LinkedBlockingQueue<>();
        bus.types().register(OrderPlaced.class, "shop.order.placed");
        try (var _ = bus.subscribe(OrderPlaced.class, (_, context) -> seen.add(context.event()))) {
            Receipt receipt = bus.publish(
                    new OrderPlaced(7, "tea"), Publish.about("order-7").extension("tenant", "blue"));

            Event<?> event = take(seen);
            assertThat(event.id()).isEqualTo(receipt.id());
            assertThat(event.source()).isEqualTo(URI.create("urn:test:shop"));
            assertThat(event.type()).isEqualTo("shop.order.placed");
            assertThat(event.subject()).isEqualTo("order-7");
            assertThat(event.time()).isNotNull();
            assertThat(event.dataContentType()).isEqualTo("application/json");
            assertThat(event.extensions()).containsExactly(Map.entry("tenant", "blue"));
            assertThat(event.data()).isEqualTo(new OrderPlaced(7, "tea"));
        }
    }

    @Test
    void everyAttributeOfTheSpecificationArrives() throws Exception {
        BlockingQueue<Event<?>> seen = new LinkedBlockingQueue<>();
        Instant yesterday = Instant.parse("2026-11-20T08:00:00.123Z");
        try (var _ = bus.subscribe(OrderPaid.class, (_, context) -> seen.add(context.event()))) {
            bus.publish(
                    new OrderPaid(7),
                    Publish.about("order-7")
                            .id("payment-1")
                            .source(URI.create("/tills/3"))
                            .time(yesterday)
                            .dataSchema(URI.create("https://example.com/paid.json"))
                            .extension("traceparent", "00-4bf9"));

            assertThat(take(seen))
                    .isEqualTo(new Event<>(
                            "payment-1",
                            URI.create("/tills/3"),
                            "OrderPaid",
                            "order-7",
                            yesterday,
                            "application/json",
                            URI.create("https://example.com/paid.json"),
                            Map.of("traceparent", "00-4bf9"),
                            new OrderPaid(7)));
        }
        assertThatThrownBy(() -> Publish.NORMALLY.extension("data", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Publish.NORMALLY.extension("Trace-Id", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDurableSubscriptionCollectsWhileNobodyHandles() throws Exception {
        var wanted = Subscribe.to(OrderPaid.class).durable("ledger-" + suffix);
        BlockingQueue<OrderPaid> seen = new LinkedBlockingQueue<>();
        bus.subscribe(wanted, (event, _) -> seen.add(event)).close();
        bus.publish(new OrderPaid(1));
        bus.publish(new OrderPaid(2));

        var again = bus.subscribe(wanted, (event, _) -> seen.add(event));
        assertThat(List.of(take(seen), take(seen))).containsExactly(new OrderPaid(1), new OrderPaid(2));
        again.cancel();
        posthorn.queue("posthorn.events.ledger-" + suffix + ".dead", String.class)
                .delete();
    }

    @Test
    void whatIsKeptIsHandledAgainFromAnyPositionOn() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.REPLAY);
        var kept = Subscribe.to(OrderPaid.class).durable("kept-" + suffix).keeping(Retention.age(Duration.ofDays(7)));
        BlockingQueue<OrderPaid> seen = new LinkedBlockingQueue<>();
        BlockingQueue<Long> positions = new LinkedBlockingQueue<>();
        var first = bus.subscribe(kept, (event, context) -> {
            seen.add(event);
            positions.add(context.position().orElseThrow());
        });
        for (int i = 1; i <= 3; i++) {
            bus.publish(new OrderPaid(i));
        }
        assertThat(List.of(take(seen), take(seen), take(seen)))
                .containsExactly(new OrderPaid(1), new OrderPaid(2), new OrderPaid(3));
        take(positions);
        long second = take(positions);
        first.close();

        for (Position from : List.of(Position.first(), Position.since(Instant.EPOCH))) {
            try (var _ = bus.subscribe(kept.from(from), (event, _) -> seen.add(event))) {
                assertThat(List.of(take(seen), take(seen), take(seen)))
                        .containsExactly(new OrderPaid(1), new OrderPaid(2), new OrderPaid(3));
            }
        }
        var last = bus.subscribe(kept.from(Position.at(second)), (event, _) -> seen.add(event));
        assertThat(List.of(take(seen), take(seen))).containsExactly(new OrderPaid(2), new OrderPaid(3));
        last.cancel();
        posthorn.queue("posthorn.events.kept-" + suffix + ".dead", String.class).delete();
    }

    @Test
    void whoGoesOnByANameBeginsWhereItsLastHandlerHasComeTo() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.REPLAY);
        var kept = Subscribe.to(OrderPaid.class)
                .durable("read-" + suffix)
                .keeping(Retention.always())
                .from(Position.first());
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        try (var _ = bus.subscribe(kept.resuming("report"), (event, _) -> seen.add(event.id()))) {
            bus.publish(new OrderPaid(1));
            bus.publish(new OrderPaid(2));
            assertThat(List.of(take(seen), take(seen))).containsExactly(1L, 2L);
        }
        bus.publish(new OrderPaid(3));

        var report = bus.subscribe(kept.resuming("report"), (event, _) -> seen.add(event.id()));
        assertThat(take(seen)).isEqualTo(3L);
        report.close();
        var audit = bus.subscribe(kept.resuming("audit"), (event, _) -> seen.add(event.id()));
        assertThat(List.of(take(seen), take(seen), take(seen))).containsExactly(1L, 2L, 3L);
        assertThat(seen).isEmpty();
        audit.cancel();
        bus.subscribe(kept.resuming("report"), (_, _) -> {}).cancel();
        posthorn.queue("posthorn.events.read-" + suffix + ".dead", String.class).delete();
    }

    @Test
    void aHandlerThatFailsAtWhatIsKeptTriesItAgainAndDisturbsNobodyElse() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.REPLAY);
        var kept = Subscribe.to(OrderPaid.class)
                .durable("shaky-" + suffix)
                .keeping(Retention.always())
                .work(WorkOptions.oneAtATime()
                        .retry(Retry.fixed(Duration.ofMillis(5)).attempts(3)));
        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        var shaky = bus.subscribe(kept, (event, context) -> {
            attempts.add(context.attempt());
            if (event.id() == 1) {
                throw new IllegalStateException("no ledger");
            }
        });
        try (var _ = bus.subscribe(kept, (event, _) -> seen.add(event.id()))) {
            bus.publish(new OrderPaid(1));
            bus.publish(new OrderPaid(2));

            assertThat(List.of(take(attempts), take(attempts), take(attempts), take(attempts)))
                    .containsExactly(1, 2, 3, 1);
            assertThat(List.of(take(seen), take(seen))).containsExactly(1L, 2L);
        }
        var dead = posthorn.queue("posthorn.events.shaky-" + suffix + ".dead", String.class);
        var letter = dead.dequeue(LONG).orElseThrow();
        assertThat(letter.envelope().headers())
                .containsEntry("x-error", "no ledger")
                .containsEntry("x-attempts", "3");
        letter.ack();
        shaky.cancel();
        dead.delete();
    }

    @Test
    void whoSubscribesByTheSameNameSharesTheEvents() throws Exception {
        var wanted = Subscribe.to(OrderPaid.class).durable("workers-" + suffix);
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        var first = bus.subscribe(wanted, (event, _) -> seen.add(event.id()));
        var second = bus.subscribe(wanted, (event, _) -> seen.add(event.id()));
        for (int i = 0; i < 20; i++) {
            bus.publish(new OrderPaid(i));
        }
        var ids = new ArrayList<Long>();
        for (int i = 0; i < 20; i++) {
            ids.add(take(seen));
        }
        assertThat(ids).doesNotHaveDuplicates();
        first.close();
        second.cancel();
        assertThat(seen).isEmpty();
        posthorn.queue("posthorn.events.workers-" + suffix + ".dead", String.class)
                .delete();
    }

    @Test
    void oneHandlerThatFailsDisturbsNoOther() throws Exception {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        var dead = posthorn.queue("posthorn.events.broken-" + suffix + ".dead", String.class);
        var broken = bus.subscribe(
                Subscribe.to(OrderPaid.class)
                        .durable("broken-" + suffix)
                        .work(WorkOptions.oneAtATime()
                                .retry(Retry.fixed(Duration.ofMillis(5)).attempts(2))),
                (_, _) -> {
                    throw new IllegalStateException("no ledger");
                });
        try (var _ = bus.subscribe(OrderPaid.class, (event, _) -> seen.add(event.id()))) {
            bus.publish(new OrderPaid(1));
            bus.publish(new OrderPaid(2));

            assertThat(List.of(take(seen), take(seen))).containsExactly(1L, 2L);
            var letter = dead.dequeue(LONG).orElseThrow();
            assertThat(letter.envelope().headers())
                    .containsEntry("x-error", "no ledger")
                    .containsEntry("x-attempts", "2");
            letter.ack();
            dead.dequeue(LONG).orElseThrow().ack();
        }
        broken.cancel();
        dead.delete();
    }

    @Test
    void eventsOfOneSubjectKeepTheirOrder() throws Exception {
        List<Long> ofOne = Collections.synchronizedList(new ArrayList<>());
        var all = new CountDownLatch(100);
        try (var _ = bus.subscribe(
                Subscribe.to(OrderPaid.class)
                        .work(WorkOptions.oneAtATime().concurrency(8).orderedByKey()),
                (event, context) -> {
                    if ("one".equals(context.event().subject())) {
                        ofOne.add(event.id());
                    }
                    all.countDown();
                })) {
            for (int i = 0; i < 50; i++) {
                bus.publish(new OrderPaid(i), Publish.about("one"));
                bus.publish(new OrderPaid(i), Publish.about("another " + i));
            }
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ofOne).hasSize(50).isSorted();
    }

    @Test
    void aRequestIsAnswered() {
        try (var _ = bus.subscribe(
                Question.class,
                (question, context) -> context.reply(new Answer(question.number() * question.number())))) {
            assertThat(bus.request(new Question(7), Answer.class, LONG)).isEqualTo(new Answer(49));
        }
        assertThatThrownBy(() -> bus.request(new Question(7), Answer.class, LONG))
                .isInstanceOf(EventsException.Refused.class);
    }

    @Test
    void aRequestThatNobodyAnswersEndsInTime() {
        try (var _ = bus.subscribe(Question.class, (_, _) -> {})) {
            assertThatThrownBy(() -> bus.request(new Question(1), Answer.class, Duration.ofMillis(50)))
                    .isInstanceOf(EventsException.NoAnswer.class)
                    .hasMessageContaining("Question");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // programs that nobody checks do so
    void whatIsNoEventIsRefusedInWords() {
        assertThatThrownBy(() -> bus.publish(null)).hasMessageContaining("send a value that says so");
        assertThatThrownBy(() -> bus.publish(new Object() {}))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("register it");
        assertThatThrownBy(() -> bus.subscribe(OrderPaid.class, null)).hasMessageContaining("a handler");
        assertThatThrownBy(() -> bus.subscribe(Subscribe.to(OrderPaid.class).durable(""), (_, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a name");
    }

    @Test
    void aDelayedEventComesLater() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.DELAY);
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        try (var _ = bus.subscribe(OrderEvent.class, (event, _) -> seen.add(event.id()))) {
            bus.publish(new OrderPaid(2), Publish.after(Duration.ofMillis(300)));
            bus.publish(new OrderPaid(1));

            assertThat(List.of(take(seen), take(seen))).containsExactly(1L, 2L);
        }
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(30, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("nothing came");
        }
        return taken;
    }
}
