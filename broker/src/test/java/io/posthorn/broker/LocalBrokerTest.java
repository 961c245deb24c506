package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalBrokerTest {
    @Test
    void whatIsPublishedIsConfirmedOnceDurableAndThenDelivered() {
        var world = new BrokerWorld(new FakeStorage());
        Client client = world.connect();
        var declared = client.declare("q");
        world.run();
        assertThat(declared.isThere())
                .as("a declare is answered once it is durable")
                .isFalse();
        world.syncAndRun();
        assertThat(declared.get().ready()).isZero();

        var consumer = client.consume("q", 10);
        world.syncAndRun();
        client.publish("", "q", "one", 1);
        client.publish("", "q", "two", 2);
        client.session.flush();
        world.run();
        assertThat(client.accepted).isEmpty();
        assertThat(consumer.bodies()).isEmpty();

        world.syncAndRun();
        assertThat(client.accepted).containsExactly(1L, 2L);
        assertThat(consumer.bodies()).containsExactly("one", "two");

        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        assertThat(client.status("q").unsettled()).isZero();
    }

    @Test
    void whatWasConfirmedIsThereAfterACrashAndWhatWasSettledDurablyIsNot() {
        var world = new BrokerWorld(new FakeStorage());
        Client client = world.connect();
        client.declare("q");
        world.syncAndRun();
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        for (int i = 0; i < 10; i++) {
            client.publish("", "q", "m" + i, i);
        }
        client.session.flush();
        world.syncAndRun();
        client.session.settle(consumer.handle(), consumer.arrived.getFirst().queue(), 3, Outcome.ACCEPTED);
        client.session.flush();
        world.syncAndRun();

        var after = new BrokerWorld(world.storage.crash());
        var drained = after.connect().consume("q", 0);
        after.syncAndRun();
        assertThat(drained.bodies()).containsExactly("m0", "m1", "m2", "m4", "m5", "m6", "m7", "m8", "m9");
        assertThat(drained.arrived).allMatch(Delivery::redelivered);
    }

    /// Of one session, everything happens in the order in which it was asked for.
    @Test
    void aConsumerGetsWhatWasPublishedBeforeOthersLookOrTakeOrItIsCancelled() {
        for (var storage : List.of(new FakeStorage(), new FakeStorage().syncsAtOnce())) {
            var world = new BrokerWorld(storage);
            Client client = world.connect();
            client.declare("q");
            world.syncAndRun();
            var consumer = client.consume("q", 0);
            world.syncAndRun();
            client.publish("", "q", "one", 1);
            var taken = client.get("q");
            client.publish("", "q", "two", 2);
            assertThat(client.status("q", world::syncAndRun).ready()).isZero();
            client.publish("", "q", "three", 3);
            var cancelled = new Answer<Done>();
            consumer.handle().cancel(cancelled);
            client.session.flush();
            world.syncAndRun();
            assertThat(taken.get()).isEmpty();
            assertThat(cancelled.isThere()).isTrue();
            assertThat(consumer.bodies()).containsExactly("one", "two", "three");
        }
    }

    @Test
    void aMessageToManyQueuesIsConfirmedOnceAllShardsHaveIt() {
        var world = new BrokerWorld(new FakeStorage());
        Client client = world.connect();
        client.session.declareExchange(
                new ExchangeSpec("all", "fanout", true, false, false, Arguments.NONE), new Answer<>());
        world.syncAndRun();
        for (int i = 0; i < 40; i++) {
            client.declare("q" + i);
            client.bind("all", "q" + i);
        }
        world.syncAndRun();
        assertThat(client.publish("all", "anything", "hello", 7)).isEqualTo(40);
        client.session.flush();
        world.run();
        assertThat(client.accepted).isEmpty();
        world.syncAndRun();
        assertThat(client.accepted).containsExactly(7L);
        for (int i = 0; i < 40; i++) {
            var got = client.get("q" + i);
            world.syncAndRun();
            assertThat(got.get().orElseThrow().message().exchange()).isEqualTo("all");
            assertThat(got.get().orElseThrow().message().routingKey()).isEqualTo("anything");
        }
    }

    @Test
    void messagesOfOnePublisherToOneQueueStayInOrderWhateverRoutesTheyTake() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        client.session.declareExchange(
                new ExchangeSpec("all", "fanout", true, false, false, Arguments.NONE), new Answer<>());
        client.declare("q");
        client.declare("other");
        world.run();
        client.bind("all", "q");
        client.bind("all", "other");
        world.run();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            expected.add("m" + i);
            client.publish(i % 3 == 0 ? "all" : "", "q", "m" + i, i);
        }
        client.session.flush();
        var consumer = client.consume("q", 0);
        world.run();
        assertThat(consumer.bodies()).isEqualTo(expected);
    }

    @Test
    void aSessionThatEndsGivesBackWhatItHoldsAndLosesItsExclusiveQueues() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client one = world.connect();
        Client two = world.connect();
        one.declare("q");
        one.session.declareQueue(new QueueSpec("mine", false, true, false, Arguments.NONE), new Answer<>());
        world.run();
        one.publish("", "q", "hello", 1);
        one.session.flush();
        var consumer = one.consume("q", 1);
        world.run();
        assertThat(consumer.arrived).hasSize(1);
        var locked = new Answer<QueueStatus>();
        two.session.queueStatus("mine", locked);
        world.run();
        assertThat(locked.failure()).isInstanceOf(BrokerException.ResourceLocked.class);

        one.session.close();
        world.run();
        var second = two.consume("q", 1);
        var gone = new Answer<QueueStatus>();
        two.session.queueStatus("mine", gone);
        world.run();
        assertThat(second.arrived).hasSize(1).allMatch(Delivery::redelivered);
        assertThat(gone.failure()).isInstanceOf(BrokerException.NotFound.class);
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumer() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        client.session.declareQueue(new QueueSpec("q", false, false, true, Arguments.NONE), new Answer<>());
        world.run();
        var consumer = client.consume("q", 1);
        world.run();
        consumer.handle().close();
        world.run();
        var gone = new Answer<QueueStatus>();
        client.session.queueStatus("q", gone);
        world.run();
        assertThat(gone.failure()).isInstanceOf(BrokerException.NotFound.class);
    }

    @Test
    void deletingAnswersWithTheReadyMessagesAndOnlyWhenItMay() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        client.declare("q");
        world.run();
        client.publish("", "q", "hello", 1);
        var refused = new Answer<Long>();
        client.session.deleteQueue("q", false, true, refused);
        world.run();
        assertThat(refused.failure())
                .isInstanceOf(BrokerException.PreconditionFailed.class)
                .hasMessage("queue 'q' in vhost '/' not empty");
        var deleted = new Answer<Long>();
        client.session.deleteQueue("q", false, false, deleted);
        world.run();
        assertThat(deleted.get()).isEqualTo(1);
        var again = new Answer<Long>();
        client.session.deleteQueue("q", false, false, again);
        world.run();
        assertThat(again.get()).isZero();
    }

    @Test
    void aCleanStopRemembersWhatWasDelivered() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        client.declare("q");
        world.run();
        for (int i = 0; i < 4; i++) {
            client.publish("", "q", "m" + i, i);
        }
        client.session.flush();
        client.consume("q", 2);
        world.run();
        client.session.close();
        world.run();
        var stopped = world.broker.stop();
        world.run();
        assertThat(stopped).isCompleted();

        var after = new BrokerWorld(world.storage.afterClose().syncsAtOnce());
        var consumer = after.connect().consume("q", 0);
        after.run();
        assertThat(consumer.bodies()).containsExactly("m0", "m1", "m2", "m3");
        assertThat(consumer.arrived.stream().map(Delivery::redelivered)).containsExactly(true, true, false, false);
    }

    @Test
    void whatBecomesDurableWhileStoppingIsConfirmedAndNotDelivered() {
        var world = new BrokerWorld(new FakeStorage());
        Client client = world.connect();
        client.declare("q");
        world.syncAndRun();
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        client.publish("", "q", "late", 1);
        client.session.flush();
        var stopped = world.broker.stop();
        world.run();
        assertThat(stopped).isCompleted();
        assertThat(client.accepted).containsExactly(1L);
        assertThat(consumer.arrived).isEmpty();
    }

    @Test
    void listsShowEveryQueueOfTheHost() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        List.of("b", "a", "c").forEach(client::declare);
        world.run();
        var list = new Answer<List<QueueStatus>>();
        client.session.listQueues(list);
        world.run();
        assertThat(list.get().stream().map(QueueStatus::name)).containsExactly("a", "b", "c");
    }
}
