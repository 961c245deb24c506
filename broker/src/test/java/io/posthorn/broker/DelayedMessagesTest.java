package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.log.Bytes;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Messages that wait for their time, over the real journal on segments in memory that outlive the broker.
class DelayedMessagesTest {
    private static final StorageOptions SMALL_SEGMENTS =
            StorageOptions.inMemory().withJournalCapacity(256 * 1024).withTailBudget(0);
    private static final long DAY = 24 * 60 * 60 * 1000L;

    private final MemorySegmentStore segments = new MemorySegmentStore();
    private final MemoryMetaStore facts = new MemoryMetaStore();
    private BrokerWorld world = open();
    private Client client = world.connect();
    private long published;

    private BrokerWorld open() {
        return new BrokerWorld(
                recovery -> JournaledStorage.open(segments, facts, SMALL_SEGMENTS, StorageThreads.direct(), recovery));
    }

    @Test
    void aMessageComesWhenItsDelayIsOverAndNotBefore() {
        declare("x", "direct", true);
        publish("x", "q", "late", 1_000);
        publish("x", "q", "now", 0);
        world.run();
        assertThat(client.accepted).containsExactly(0L, 1L);
        assertThat(take("q")).containsExactly("now");
        pass(999);
        assertThat(take("q")).isEmpty();
        pass(1);
        assertThat(take("q")).containsExactly("late");
    }

    @Test
    void messagesComeInTheOrderOfTheirTimes() {
        declare("x", "fanout", true);
        int[] delays = {5_000, 100, 3_000, 70_000, 2_000, 4_000_000, 1};
        for (int delay : delays) {
            publish("x", "q", "after " + delay, delay);
        }
        var came = new ArrayList<String>();
        for (int i = 0; i < 4_000; i++) {
            pass(1_001);
            came.addAll(take("q"));
        }
        assertThat(came)
                .containsExactly(
                        "after 1",
                        "after 100",
                        "after 2000",
                        "after 3000",
                        "after 5000",
                        "after 70000",
                        "after 4000000");
    }

    @Test
    void whatAConsumerGetsTellsHowLongItWaited() {
        declare("x", "topic", true);
        bindTo("x", "q", "#");
        publish("x", "some.key", "late", 500);
        pass(500);
        Message message = get("q").orElseThrow().message();
        assertThat(message.delayed()).isEqualTo(500);
        assertThat(message.exchange()).isEqualTo("x");
        assertThat(message.routingKey()).isEqualTo("some.key");
    }

    @Test
    void bindingsCountWhenTheTimeHasComeNotBefore() {
        declare("x", "direct", true);
        assertThat(publish("x", "other", "late", 500)).isEqualTo(1);
        bindTo("x", "q", "other");
        pass(500);
        assertThat(take("q")).containsExactly("late");
        publish("x", "nowhere", "lost", 500);
        pass(500);
        assertThat(list("x")).isEmpty();
    }

    @Test
    void whatWasKeptOfABatchThatWasRefusedComesWhenTheNextIsTaken() {
        var storage = new FakeStorage().syncsAtOnce();
        world = new BrokerWorld(storage);
        client = world.connect();
        declare("x", "direct", true);
        publish("x", "q", "first", DAY);
        world.run();
        storage.leaveRoomFor(1);
        client.publisher.publish(message("x", "q", "kept", 2 * DAY, Message.NEVER), published++);
        publish("x", "q", "not kept", 1_000);
        world.run();
        assertThat(client.refused).containsExactly(1L, 2L);
        storage.setFull(false);
        publish("x", "q", "not kept", 1_000);
        world.run();
        assertThat(client.accepted).containsExactly(0L, 3L);
        assertThat(list("x")).hasSize(3);
    }

    @Test
    void whatWasConfirmedComesAfterARestartAndOnce() {
        declare("x", "direct", true);
        publish("x", "q", "soon", 1_000);
        publish("x", "q", "in years", 3 * 365 * DAY);
        publish("x", "q", "tomorrow", DAY);
        world.run();
        assertThat(client.accepted).hasSize(3);
        restart();
        pass(2_000);
        assertThat(take("q")).containsExactly("soon");
        restart();
        pass(2_000);
        assertThat(take("q")).isEmpty();
        pass(DAY);
        assertThat(take("q")).containsExactly("tomorrow");
        restart();
        pass(4 * 365 * DAY);
        assertThat(take("q")).containsExactly("in years");
        assertThat(list("x")).isEmpty();
    }

    @Test
    void whatFellDueWhileTheBrokerWasDownComesAtOnce() {
        declare("x", "direct", true);
        for (int i = 0; i < 1_000; i++) {
            publish("x", "q", "message " + i, 1_000 + 37 * i);
        }
        world.run();
        restart();
        pass(DAY);
        assertThat(take("q")).hasSize(1_000);
    }

    @Test
    void theyAreListedByTimeAndPageByPage() {
        declare("x", "direct", true);
        publish("x", "q", "three", 3 * DAY);
        publish("x", "q", "one", 1_000);
        publish("x", "q", "two", DAY);
        publish("x", "q", "another two", DAY);
        world.run();
        List<DelayedMessage> all = list("x");
        long now = world.time.millis();
        assertThat(all)
                .extracting(DelayedMessage::dueAt)
                .containsExactly(now + 1_000, now + DAY, now + DAY, now + 3 * DAY);
        assertThat(all).extracting(DelayedMessage::size).containsExactly(3, 3, 11, 5);
        assertThat(all)
                .allMatch(
                        each -> each.exchange().equals("x") && each.routingKey().equals("q"));
        assertThat(list("x", null, 2)).isEqualTo(all.subList(0, 2));
        assertThat(list("x", all.get(1), 2)).isEqualTo(all.subList(2, 4));
    }

    @Test
    void aCancelledMessageNeverComesNotEvenAfterARestart() {
        declare("x", "direct", true);
        publish("x", "q", "keep", 1_000);
        publish("x", "q", "drop", 1_000);
        publish("x", "q", "drop later", DAY);
        world.run();
        var all = list("x");
        assertThat(cancel("x", all.get(1).id())).isTrue();
        assertThat(cancel("x", all.get(1).id())).isFalse();
        assertThat(cancel("x", 4711)).isFalse();
        assertThat(list("x")).containsExactly(all.get(0), all.get(2));
        restart();
        assertThat(cancel("x", all.get(2).id())).isTrue();
        pass(2 * DAY);
        assertThat(take("q")).containsExactly("keep");
        assertThat(cancel("x", all.get(0).id())).isFalse();
    }

    @Test
    void theyGoWithTheirExchangeAndDoNotComeBackWithItsName() {
        declare("x", "direct", true);
        publish("x", "q", "gone", 1_000);
        world.run();
        client.session.deleteExchange("x", false, new Answer<>());
        world.run();
        declare("x", "direct", true);
        assertThat(list("x")).isEmpty();
        restart();
        pass(DAY);
        assertThat(take("q")).isEmpty();
    }

    @Test
    void whatWaitsAtAnExchangeThatIsNotDurableGoesWithTheBroker() {
        declare("x", "direct", false);
        publish("x", "q", "soon", 1_000);
        publish("x", "q", "lost", 2_000);
        world.run();
        assertThat(client.accepted).hasSize(2);
        pass(1_000);
        assertThat(take("q")).containsExactly("soon");
        restart();
        pass(DAY);
        assertThat(take("q")).isEmpty();
    }

    @Test
    void aClockThatGoesBackDelaysAndLosesNothing() {
        declare("x", "direct", true);
        publish("x", "q", "first", 10_000);
        world.run();
        world.time.pass(-5_000);
        world.run();
        publish("x", "q", "second", 10_000);
        pass(10_000);
        assertThat(take("q")).containsExactly("second");
        pass(5_000);
        assertThat(take("q")).containsExactly("first");
    }

    @Test
    void itsOwnTimeToLiveBeginsWhenItHasWaited() {
        declare("x", "direct", true);
        publish(message("x", "q", "short", 5_000, world.time.millis() + 1_000));
        pass(5_500);
        assertThat(take("q")).containsExactly("short");
    }

    private void declare(String exchange, String type, boolean durable) {
        var answer = new Answer<Done>();
        var arguments = new Arguments(Map.of("x-delayed-type", type));
        client.session.declareExchange(
                new ExchangeSpec(exchange, "x-delayed-message", durable, false, false, arguments), answer);
        client.declare("q");
        world.run();
        answer.get();
        bindTo(exchange, "q", "q");
    }

    private void bindTo(String exchange, String queue, String key) {
        client.session.bind(
                new BindingSpec(exchange, BindingSpec.Destination.QUEUE, queue, key, Arguments.NONE), new Answer<>());
        world.run();
    }

    private int publish(String exchange, String key, String body, long delay) {
        return publish(message(exchange, key, body, delay, Message.NEVER));
    }

    private int publish(Message message) {
        int queues = client.publisher.publish(message, published++);
        client.session.flush();
        return queues;
    }

    private static Message message(String exchange, String key, String body, long delay, long expiresAt) {
        return new Message(
                exchange,
                key,
                List.of(),
                null,
                List.of(),
                Bytes.utf8(body),
                true,
                0,
                expiresAt,
                0,
                () -> delay == 0 ? Arguments.NONE : new Arguments(Map.of("x-delay", delay)));
    }

    private void pass(long millis) {
        world.run();
        world.time.pass(millis);
        world.run();
    }

    private List<String> take(String queue) {
        var bodies = new ArrayList<String>();
        for (var taken = get(queue); taken.isPresent(); taken = get(queue)) {
            bodies.add(taken.get().message().body().toUtf8());
        }
        return bodies;
    }

    private Optional<Delivery> get(String queue) {
        var answer = client.get(queue);
        world.run();
        return answer.get();
    }

    private List<DelayedMessage> list(String exchange) {
        return list(exchange, null, 100);
    }

    private List<DelayedMessage> list(String exchange, @Nullable DelayedMessage behind, int most) {
        var answer = new Answer<List<DelayedMessage>>();
        client.session.delayedMessages(exchange, behind, most, answer);
        world.run();
        return answer.get();
    }

    private boolean cancel(String exchange, long id) {
        var answer = new Answer<Boolean>();
        client.session.cancelDelayed(exchange, id, answer);
        world.run();
        return answer.get();
    }

    private void restart() {
        long now = world.time.millis();
        client.session.close();
        world.run();
        var stopped = world.broker.stop();
        world.run();
        assertThat(stopped).isCompleted();
        world = open();
        client = world.connect();
        world.time.pass(now - world.time.millis());
    }
}
