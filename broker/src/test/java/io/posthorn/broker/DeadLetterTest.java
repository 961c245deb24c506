package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a queue gives up goes to others, and is not lost on the way.
class DeadLetterTest {
    private final FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage);
    private BrokerWorld.Client client = world.connect();

    @Test
    void aRejectedMessageGoesThroughTheDeadLetterExchangeWithItsHistory() {
        declareWithGrave("q", "", "grave");
        publish("q", 1);
        long at = world.time.millis();
        reject("q");

        var dead = take("grave").orElseThrow();
        assertThat(dead.redelivered()).isFalse();
        assertThat(dead.message().body().toUtf8()).isEqualTo("0");
        assertThat(dead.message().exchange()).isEmpty();
        assertThat(dead.message().routingKey()).isEqualTo("grave");
        var history = dead.message().deaths();
        assertThat(history)
                .isEqualTo(new DeathHistory(
                        List.of(new Death("q", DeathReason.REJECTED, 1, at, "", List.of("q"))), 0, "", true));
        assertThat(client.status("q").ready()).isZero();
    }

    @Test
    void messagesKeepTheirOrderAndAllArrive() {
        declareWithGrave("q", "amq.fanout", null);
        for (String grave : List.of("grave", "tomb", "urn")) {
            client.declare(grave);
            world.syncAndRun();
            client.bind("amq.fanout", grave);
            world.syncAndRun();
        }
        publish("q", 5_000);
        reject("q");
        for (String grave : List.of("grave", "tomb", "urn")) {
            assertThat(takeAll(grave)).isEqualTo(numbers(5_000));
        }
        assertThat(client.status("q").ready()).isZero();
    }

    @Test
    void whatIsNotDurableInItsTargetYetIsStillInTheSource() {
        declareWithGrave("q", "", "grave");
        publish("q", 10);
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        consumer.settleAll(Outcome.REJECTED);
        world.run();

        restart(storage.crash());
        assertThat(takeAll("q")).isEqualTo(numbers(10));
        assertThat(takeAll("grave")).isEmpty();
    }

    @Test
    void whatIsDurableInItsTargetAndNotSettledInTheSourceComesTwiceAtMost() {
        declareWithGrave("q", "", "grave");
        publish("q", 10);
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        consumer.settleAll(Outcome.REJECTED);
        world.syncAndRun();

        restart(storage.crash());
        assertThat(takeAll("grave")).isEqualTo(numbers(10));
    }

    @Test
    void whatLeadsNowhereIsDropped() {
        for (String exchange : List.of("amq.direct", "none")) {
            declareWithGrave("q " + exchange, exchange, null);
            publish("q " + exchange, 10);
            reject("q " + exchange);
            assertThat(client.status("q " + exchange).ready()).isZero();
            assertThat(takeAll("q " + exchange)).isEmpty();
        }
        restart(storage.crash());
        assertThat(takeAll("q none")).isEmpty();
    }

    @Test
    void aRefusalIsNotTheEnd() {
        declareWithGrave("q", "", "grave");
        publish("q", 2_000);
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        storage.setFull(true);
        consumer.settleAll(Outcome.REJECTED);
        for (int i = 0; i < 20; i++) {
            world.syncAndRun();
            world.time.pass(1_000);
        }
        assertThat(client.status("grave").ready()).isZero();
        storage.setFull(false);
        for (int i = 0; i < 20; i++) {
            world.time.pass(1_000);
            world.syncAndRun();
        }
        assertThat(takeAll("grave")).isEqualTo(numbers(2_000));
    }

    @Test
    void aMessageThatWasRejectedAgainAndAgainCountsItsDeaths() {
        declareWithGrave("q", "", "q");
        publish("q", 1);
        for (int i = 1; i <= 3; i++) {
            reject("q");
            world.syncAndRun();
        }
        DeathHistory history =
                Objects.requireNonNull(take("q").orElseThrow().message().deaths());
        assertThat(history.deaths()).hasSize(1);
        assertThat(history.latest().count()).isEqualTo(3);
    }

    @Test
    void whatComesBackTooOftenDiesOfIt() {
        client.declare("grave");
        client.declare(
                "q",
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        2,
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        "grave"));
        world.syncAndRun();
        publish("q", 3);
        for (int i = 0; i < 3; i++) {
            assertThat(client.status("q").ready()).isEqualTo(3);
            var consumer = client.consume("q", 0);
            world.syncAndRun();
            int expected = i;
            assertThat(consumer.arrived)
                    .allSatisfy(delivery -> assertThat(delivery.deliveryCount()).isEqualTo(expected));
            consumer.handle().close();
            world.syncAndRun();
        }
        assertThat(client.status("q").ready()).isZero();
        DeathHistory history =
                Objects.requireNonNull(take("grave").orElseThrow().message().deaths());
        assertThat(history.latest().reason()).isEqualTo(DeathReason.DELIVERY_LIMIT);
        assertThat(takeAll("grave")).containsExactly("1", "2");
    }

    private void declareWithGrave(String queue, String exchange, @Nullable String routingKey) {
        if ("grave".equals(routingKey)) {
            client.declare("grave");
        }
        client.declare(
                queue,
                routingKey == null
                        ? Map.of("x-dead-letter-exchange", exchange)
                        : Map.of("x-dead-letter-exchange", exchange, "x-dead-letter-routing-key", routingKey));
        world.syncAndRun();
    }

    private void publish(String queue, int count) {
        for (int i = 0; i < count; i++) {
            client.publish("", queue, "" + i, i + 1L);
        }
        client.session.flush();
        world.syncAndRun();
    }

    /// A consumer takes everything that is there, and rejects it.
    private void reject(String queue) {
        var consumer = client.consume(queue, 0);
        world.syncAndRun();
        consumer.handle().cancel(new Answer<>());
        world.syncAndRun();
        consumer.settleAll(Outcome.REJECTED);
        world.syncAndRun();
    }

    private Optional<Delivery> take(String queue) {
        var answer = client.get(queue);
        world.syncAndRun();
        return answer.get();
    }

    private List<String> takeAll(String queue) {
        var bodies = new ArrayList<String>();
        for (var taken = take(queue); taken.isPresent(); taken = take(queue)) {
            bodies.add(taken.get().message().body().toUtf8());
        }
        return bodies;
    }

    private static List<String> numbers(int count) {
        var numbers = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            numbers.add("" + i);
        }
        return numbers;
    }

    private void restart(FakeStorage after) {
        world = new BrokerWorld(after);
        client = world.connect();
        world.syncAndRun();
    }
}
