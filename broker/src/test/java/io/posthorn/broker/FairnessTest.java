package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Queues in which keys take turns.
class FairnessTest {
    private static final Bytes FAIR_BY = Bytes.utf8("x-fair-by");

    private BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private BrokerWorld.Client client = world.connect();
    private long sequence;

    @Test
    void aKeyHasAtMostSoManyMessagesUnderWay() {
        declare(2);
        publish("a", "a", "a", "a", "b");
        var consumer = client.consume("q", 100);
        world.syncAndRun();
        assertThat(keys(consumer.arrived)).containsExactly("a", "b", "a");
        settle(consumer, 0);
        assertThat(keys(consumer.arrived)).containsExactly("a", "b", "a", "a");
    }

    /// The greedy one has ten thousand messages in front of everybody else's.
    @Test
    void oneGreedyKeyOfAHundredDoesNotMoveTheOthers() {
        declare(3);
        for (int i = 0; i < 10_000; i++) {
            send("greedy");
        }
        for (int round = 0; round < 5; round++) {
            for (int key = 1; key < 100; key++) {
                send("key-" + key);
            }
        }
        world.syncAndRun();
        var consumer = client.consume("q", 10);
        world.syncAndRun();
        var waited = new ArrayList<Integer>();
        for (int i = 0; waited.size() < 5 * 99; i++) {
            settle(consumer, i);
            if (!keyOf(consumer.arrived.get(i)).equals("greedy")) {
                waited.add(i);
            }
        }
        // As far as with a hundred equal keys: the fifth round of all ends with the 500th message.
        assertThat(waited.getLast()).isLessThan(500 + 10);
    }

    @Test
    void messagesWithoutAKeyAreNotLimited() {
        declare(1);
        publish("", "", "", "a", "a");
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        assertThat(keys(consumer.arrived)).containsExactly("", "a", "", "");
    }

    @Test
    void aMessageWhoseTimeIsOverGoesThoughItsKeyHasNoTurn() {
        declare(Map.of("x-fair-limit", 1, "x-message-ttl", 1_000));
        publish("a", "a", "b");
        var consumer = client.consume("q", 1);
        world.syncAndRun();
        assertThat(keys(consumer.arrived)).containsExactly("a");
        world.time.pass(1_000);
        world.syncAndRun();
        assertThat(client.status("q").ready()).isZero();
    }

    @Test
    void theOldestOfAllKeysGoesFirstWhereThereAreTooMany() {
        declare(Map.of("x-fair-limit", 1, "x-max-length", 3));
        publish("a", "b", "a", "c", "b", "a");
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        assertThat(bodies(consumer.arrived)).containsExactlyInAnyOrder("4", "5", "6");
    }

    @Test
    void whatComesBackGoesToItsPlaceAndNothingIsLostOverRestarts() {
        for (long seed = 0; seed < 40; seed++) {
            history(new SplittableRandom(seed));
        }
    }

    private void history(SplittableRandom random) {
        world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        client = world.connect();
        declare(2);
        Map<String, List<String>> expected = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            String key = "key-" + random.nextInt(5);
            expected.computeIfAbsent(key, _ -> new ArrayList<>()).add(send(key));
        }
        world.syncAndRun();
        Map<String, List<String>> settled = new HashMap<>();
        while (settled.values().stream().mapToInt(List::size).sum() < 60) {
            var consumer = client.consume("q", random.nextInt(1, 12));
            world.syncAndRun();
            Map<String, Integer> underWay = new HashMap<>();
            consumer.arrived.forEach(delivery -> underWay.merge(keyOf(delivery), 1, Integer::sum));
            assertThat(underWay.values()).allMatch(count -> count <= 2);
            Delivery first = consumer.arrived.getFirst();
            settled.computeIfAbsent(keyOf(first), _ -> new ArrayList<>())
                    .add(first.message().body().toUtf8());
            settle(consumer, 0);
            consumer.handle().close();
            world.syncAndRun();
            if (random.nextInt(4) == 0) {
                world.storage.beginSnapshot();
                world.syncAndRun();
            }
            if (random.nextInt(3) == 0) {
                world = new BrokerWorld(world.storage.kill().syncsAtOnce());
                client = world.connect();
            }
        }
        assertThat(settled).isEqualTo(expected);
        assertThat(client.status("q").ready()).isZero();
    }

    private void declare(int limit) {
        declare(Map.of("x-fair-limit", limit));
    }

    private void declare(Map<String, Object> arguments) {
        var answer = client.declare("q", arguments);
        world.syncAndRun();
        assertThat(answer.failure()).isNull();
    }

    private void publish(String... keys) {
        for (String key : keys) {
            send(key);
        }
        world.syncAndRun();
    }

    private String send(String key) {
        List<RecordHeader> headers = key.isEmpty() ? List.of() : List.of(new RecordHeader(FAIR_BY, Bytes.utf8(key)));
        String body = "" + ++sequence;
        client.publisher.publish(BrokerWorld.message("", "q", headers, body), sequence);
        client.session.flush();
        return body;
    }

    private void settle(BrokerWorld.TestConsumer consumer, int index) {
        Delivery delivery = consumer.arrived.get(index);
        client.session.settle(consumer.handle(), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
        client.session.flush();
        world.syncAndRun();
    }

    private static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(each -> each.message().body().toUtf8()).toList();
    }

    private static List<String> keys(List<Delivery> deliveries) {
        return deliveries.stream().map(FairnessTest::keyOf).toList();
    }

    private static String keyOf(Delivery delivery) {
        return delivery.message().headers().stream()
                .filter(header -> header.name().equals(FAIR_BY))
                .map(header -> header.value() == null ? "" : header.value().toUtf8())
                .findFirst()
                .orElse("");
    }
}
