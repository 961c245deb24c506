package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.log.Bytes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final int QUEUES = 40;

    private final BrokerWorld world = new BrokerWorld(new FakeStorage());
    private final Client client = world.connect();
    private final Transaction transaction = client.session.transaction();

    @BeforeEach
    void declareQueuesInManyShards() {
        for (int i = 0; i < QUEUES; i++) {
            client.declare("q" + i);
            client.bind("amq.fanout", "q" + i);
        }
        client.declare("q");
        world.syncAndRun();
    }

    private static Message message(String exchange, String key, String body, boolean persistent) {
        return new Message(
                exchange,
                key,
                List.of(),
                null,
                List.of(),
                Bytes.utf8(body),
                persistent,
                0,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
    }

    private Answer<Done> commit() {
        var answer = new Answer<Done>();
        transaction.commit(answer);
        return answer;
    }

    private long ready(BrokerWorld of, String queue) {
        return of.connect().status(queue).ready();
    }

    @Test
    void nothingIsThereBeforeTheCommitIsDurable() {
        transaction.publish(message("", "q", "1", true));
        client.session.flush();
        world.syncAndRun();
        assertThat(ready(world, "q")).isZero();

        long end = world.storage.end();
        Answer<Done> answer = commit();
        world.run();
        assertThat(answer.isThere()).isFalse();
        assertThat(world.storage.end()).isGreaterThan(end);

        world.syncAndRun();
        assertThat(answer.get()).isEqualTo(Done.DONE);
        assertThat(ready(world, "q")).isEqualTo(1);
    }

    @Test
    void livesAndDelaysBeginWithTheCommit() {
        client.session.declareExchange(
                new ExchangeSpec(
                        "later",
                        "x-delayed-message",
                        true,
                        false,
                        false,
                        new Arguments(Map.of("x-delayed-type", "fanout"))),
                new Answer<>());
        world.syncAndRun();
        client.bind("later", "q1");
        world.syncAndRun();
        long now = world.time.millis();
        transaction.publish(message("", "q", "never lives", true).expiringAt(Message.AT_ONCE));
        transaction.publish(message("", "q", "lives", true).expiringAt(now + 100));
        transaction.publish(message("amq.fanout", "", "lives in many", true).expiringAt(now + 100));
        transaction.publish(message("later", "", "comes", true)
                .telling(() -> new Arguments(Map.of("x-delay", 100)))
                .expiringAt(now + 50));
        world.time.pass(1_000);
        commit();
        world.time.pass(99);
        world.syncAndRun();
        assertThat(ready(world, "q")).isEqualTo(1);
        assertThat(ready(world, "q1")).isEqualTo(1);
        world.time.pass(1);
        world.syncAndRun();
        assertThat(ready(world, "q")).isZero();
        assertThat(ready(world, "q39")).isZero();
        assertThat(ready(world, "q1")).as("what waited has come").isEqualTo(1);
        world.time.pass(50);
        world.syncAndRun();
        assertThat(ready(world, "q1")).isZero();
    }

    @Test
    void whatIsRolledBackNeverWas() {
        transaction.publish(message("", "q", "1", true));
        transaction.rollback();
        assertThat(transaction.heldBytes()).isZero();
        transaction.publish(message("", "q", "2", true));
        Answer<Done> answer = commit();
        world.syncAndRun();

        assertThat(answer.isThere()).isTrue();
        Answer<java.util.Optional<Delivery>> got = client.get("q");
        world.syncAndRun();
        assertThat(got.get().orElseThrow().message().body().toUtf8()).isEqualTo("2");
        assertThat(ready(world, "q")).isZero();
    }

    @Test
    void aCommitToManyShardsIsAnsweredOnceItIsInAllOfThem() {
        for (int i = 0; i < 3; i++) {
            assertThat(transaction.publish(message("amq.fanout", "", "m" + i, true)))
                    .isEqualTo(QUEUES);
        }
        Answer<Done> answer = commit();
        world.run();
        assertThat(answer.isThere()).isFalse();
        world.syncAndRun();

        assertThat(answer.isThere()).isTrue();
        for (int i = 0; i < QUEUES; i++) {
            assertThat(ready(world, "q" + i)).isEqualTo(3);
        }
    }

    @Test
    void whatItDoesToOneShardIsOneEntryOfTheJournal() {
        Held held = takeOne();
        long end = world.storage.end();

        transaction.publish(message("", "q", "2", true));
        held.accept();
        commit();
        world.syncAndRun();

        // The settlement is written once more with those of its pass, which nobody waits for.
        assertThat(world.storage.end()).isBetween(end + 1, end + 2);
        var restarted = new BrokerWorld(world.storage.crash());
        assertThat(bodies(restarted)).containsExactly("2");
    }

    @Test
    void aCrashBeforeTheCommitIsDurableLeavesEverythingAsItWas() {
        Held held = takeOne();

        transaction.publish(message("", "q", "2", true));
        held.accept();
        commit();
        world.run();

        var restarted = new BrokerWorld(world.storage.crash());
        assertThat(bodies(restarted)).containsExactly("1");
    }

    @Test
    void releasedAndRejectedAreSettledByTheCommit() {
        for (String body : List.of("1", "2", "3")) {
            client.publish("", "q", body, -1);
        }
        client.session.flush();
        world.syncAndRun();
        TestConsumer consumer = client.consume("q", 3);
        world.syncAndRun();
        List<Delivery> held = List.copyOf(consumer.arrived);

        transaction.settle(consumer.handle(), held.get(0).queue(), held.get(0).deliveryId(), Outcome.RELEASED);
        transaction.settle(consumer.handle(), held.get(1).queue(), held.get(1).deliveryId(), Outcome.REJECTED);
        commit();
        world.syncAndRun();

        assertThat(consumer.bodies()).containsExactly("1", "2", "3", "1");
        assertThat(consumer.arrived.getLast().redelivered()).isTrue();
        var restarted = new BrokerWorld(world.storage.crash());
        assertThat(bodies(restarted)).containsExactly("1", "3");
    }

    @Test
    void aQueueDeletedMeanwhileTakesItsMessagesWithIt() {
        transaction.publish(message("", "q", "1", true));
        client.session.deleteQueue("q", false, false, new Answer<>());
        world.syncAndRun();
        Answer<Done> answer = commit();
        world.syncAndRun();

        assertThat(answer.get()).isEqualTo(Done.DONE);
    }

    @Test
    void aDestinationIsThereAsLongAsAnyOfItsQueuesIs() {
        transaction.publish(message("", "q", "1", true));
        Transaction.Destination one = transaction.destination();
        transaction.publish(message("amq.fanout", "", "2", true));
        Transaction.Destination many = transaction.destination();
        assertThat(transaction.publish(message("", "nowhere", "3", true))).isZero();
        assertThat(transaction.destination().isThere()).isFalse();
        assertThat(one.isThere()).isTrue();

        client.session.deleteQueue("q", false, false, new Answer<>());
        client.session.deleteQueue("q0", false, false, new Answer<>());
        world.syncAndRun();
        // Declared again it is another queue, which the commit does not reach.
        client.declare("q");
        world.syncAndRun();

        assertThat(one.isThere()).isFalse();
        assertThat(many.isThere()).isTrue();
    }

    @Test
    void aFullStorageRefusesAllOfIt() {
        Held held = takeOne();
        world.storage.setFull(true);

        transaction.publish(message("", "q", "2", true));
        held.accept();
        Answer<Done> answer = commit();
        world.syncAndRun();

        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFull.class);
        assertThat(client.status("q").unsettled()).isEqualTo(1);
    }

    @Test
    void whatTheJournalDoesNotTakeAtOnceIsRefusedAsAWhole() {
        Held held = takeOne();
        world.storage.takesAtOnce(2_000);
        long end = world.storage.end();

        transaction.publish(message("", "q", "2", true));
        transaction.publish(message("", "q", "3".repeat(2_000), true));
        held.accept();
        Answer<Done> answer = commit();
        world.syncAndRun();

        assertThat(answer.failure()).isInstanceOf(BrokerException.LimitReached.class);
        assertThat(world.storage.end()).isEqualTo(end);
        assertThat(client.status("q").unsettled()).isEqualTo(1);

        transaction.publish(message("", "q", "4", true));
        Answer<Done> smaller = commit();
        world.syncAndRun();
        assertThat(smaller.get()).as("nothing is left of the one before").isEqualTo(Done.DONE);
        assertThat(bodies(new BrokerWorld(world.storage.crash()))).containsExactly("1", "4");
    }

    @Test
    void aBatchThatKeepsDuplicatesOutIsReckonedOnce() {
        client.declare("once", Map.of("x-message-deduplication", true));
        world.syncAndRun();
        world.storage.takesAtOnce(3_000);
        transaction.publish(message("", "once", "x".repeat(2_000), true));
        Answer<Done> answer = commit();
        world.syncAndRun();
        assertThat(answer.get()).isEqualTo(Done.DONE);
    }

    @Test
    void aFailedDiskIsTheAnswerToWhatIsNotDurable() {
        transaction.publish(message("", "q", "1", true));
        Answer<Done> answer = commit();
        world.run();
        world.storage.failSync();
        world.run();

        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
    }

    @Test
    void transientMessagesNeedNoSync() {
        int syncs = world.storage.syncsAsked();
        transaction.publish(message("", "q", "1", false));
        Answer<Done> answer = commit();
        world.run();

        assertThat(answer.isThere()).isTrue();
        assertThat(world.storage.syncsAsked()).isEqualTo(syncs);
        assertThat(ready(world, "q")).isEqualTo(1);
        assertThat(ready(new BrokerWorld(world.storage.kill()), "q")).isZero();
    }

    @Test
    void itIsBounded() {
        String large = "x".repeat(6 << 20);
        transaction.publish(message("", "q", large, true));
        transaction.publish(message("", "q", large, true));
        assertThat(transaction.heldBytes()).isBetween(12L << 20, 13L << 20);
        assertThatThrownBy(() -> transaction.publish(message("", "q", large, true)))
                .isInstanceOf(BrokerException.LimitReached.class);

        transaction.rollback();
        transaction.publish(message("", "q", large, true));
    }

    @Test
    void anEmptyOneIsAnsweredAtOnce() {
        assertThat(commit().isThere()).isTrue();
    }

    /// A message that a consumer of "q" has, and accepts in the transaction.
    private record Held(Transaction transaction, TestConsumer consumer, Delivery delivery) {
        void accept() {
            transaction.settle(consumer.handle(), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
        }
    }

    private Held takeOne() {
        publishOne("q");
        TestConsumer consumer = client.consume("q", 0);
        world.syncAndRun();
        return new Held(transaction, consumer, consumer.arrived.getFirst());
    }

    private void publishOne(String queue) {
        client.publish("", queue, "1", -1);
        client.session.flush();
        world.syncAndRun();
    }

    private static List<String> bodies(BrokerWorld restarted) {
        TestConsumer consumer = restarted.connect().consume("q", 0);
        restarted.syncAndRun();
        return consumer.bodies();
    }
}
