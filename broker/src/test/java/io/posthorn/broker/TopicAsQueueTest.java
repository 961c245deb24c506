package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topology.TopicEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TopicAsQueueTest {
    private final FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage.syncsAtOnce());
    private Client client = world.connect();

    // ---- One cursor for all

    @Test
    void whatIsAppendedGoesToConsumersThatCompeteAndStaysForOthers() {
        client.createTopic("t", 3);
        append(0, "a", "b");
        append(2, "c");
        var one = client.consume("t", 0);
        world.run();

        assertThat(one.bodies()).containsExactlyInAnyOrder("a", "b", "c");
        one.settleAll(Outcome.ACCEPTED);
        world.run();
        append(1, "d");
        world.run();

        assertThat(one.bodies()).hasSize(4).endsWith("d");
        assertThat(ends()).containsExactly(2L, 1L, 1L);
        assertThat(starts()).containsExactly(0L, 0L, 0L);
        var two = world.connect().consume("t", 0);
        world.run();
        assertThat(two.bodies()).isEmpty();
    }

    @Test
    void whatIsNotSettledIsThereAgainForTheNext() {
        client.createTopic("t", 2);
        append(0, "a");
        append(1, "b");
        var gone = world.connect();
        var first = gone.consume("t", 0);
        world.run();
        gone.session.settle(first.handle(), first.arrived.getFirst().queue(), 0, Outcome.ACCEPTED);
        gone.session.close();
        world.run();

        var next = client.consume("t", 0);
        world.run();

        assertThat(next.bodies()).hasSize(1).isNotEqualTo(first.bodies().subList(0, 1));
        assertThat(next.arrived.getFirst().redelivered()).isTrue();
    }

    @Test
    void whatWasSettledStaysSettledOverARestart() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            world = new BrokerWorld(new FakeStorage().syncsAtOnce());
            client = world.connect();
            client.createTopic("t", 4);
            var expected = new TreeSet<String>();
            for (int i = 0; i < 60; i++) {
                append(random.nextInt(4), "m" + i);
                expected.add("m" + i);
            }
            var consumer = client.consume("t", 0);
            world.run();
            for (Delivery delivery : consumer.arrived) {
                if (random.nextBoolean()) {
                    expected.remove(delivery.message().body().toUtf8());
                    client.session.settle(consumer.handle(), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
                }
            }
            client.session.flush();
            world.run();
            if (random.nextBoolean()) {
                world.storage.beginSnapshot();
                world.run();
            }
            world = new BrokerWorld(world.storage.crash().syncsAtOnce());
            client = world.connect();
            assertThat(client.status("t").ready()).as("seed %d", seed).isEqualTo(expected.size());
            var after = client.consume("t", 0);
            world.run();
            assertThat(after.bodies()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(after.arrived).allMatch(Delivery::redelivered);
        }
    }

    @Test
    void aConsumerHoldsAsManyAsItMayOfAllPartitionsTogether() {
        client.createTopic("t", 4);
        for (int i = 0; i < 12; i++) {
            append(i % 4, "m" + i);
        }
        var consumer = client.consume("t", 5);
        world.run();
        assertThat(consumer.arrived).hasSize(5);
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        assertThat(consumer.arrived).hasSize(10);
    }

    @Test
    void aSinkThatIsFullGetsNoMoreUntilItAsks() {
        client.createTopic("t", 3);
        for (int i = 0; i < 9; i++) {
            append(i % 3, "m" + i);
        }
        var consumer = client.consume("t", 0);
        consumer.welcome = false;
        world.run();
        assertThat(consumer.arrived.size()).isLessThanOrEqualTo(3);
        consumer.welcome = true;
        consumer.handle().resume();
        world.run();
        assertThat(consumer.arrived).hasSize(9);
    }

    @Test
    void partitionsThatComeLaterAreConsumedToo() {
        client.createTopic("t", 1);
        var consumer = client.consume("t", 0);
        world.run();
        client.session.topics().addPartitions(client.topic("t"), 3, new Answer<>());
        world.run();
        append(2, "late");
        world.run();
        assertThat(consumer.bodies()).containsExactly("late");
        assertThat(client.status("t").consumers()).isOne();
    }

    @Test
    void aCancelledConsumerLeavesTheRestToOthers() {
        client.createTopic("t", 2);
        append(0, "a");
        append(1, "b");
        var consumer = client.consume("t", 1);
        world.run();
        assertThat(consumer.arrived).hasSize(1);
        var cancelled = new Answer<Done>();
        consumer.handle().cancel(cancelled);
        world.run();
        assertThat(cancelled.isThere()).isTrue();
        consumer.settleAll(Outcome.RELEASED);
        world.run();
        assertThat(consumer.arrived).hasSize(1);
        var other = client.consume("t", 0);
        world.run();
        assertThat(other.bodies()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatACancelledConsumerHoldsComesBackWhenItIsClosed() {
        client.createTopic("t", 2);
        append(0, "a", "b");
        append(1, "c");
        var gone = world.connect();
        var consumer = gone.consume("t", 0);
        world.run();
        consumer.handle().cancel(new Answer<>());
        world.run();
        assertThat(client.status("t").unsettled()).as("cancelled").isEqualTo(3);

        consumer.handle().close();
        var other = client.consume("t", 0);
        world.run();
        assertThat(other.bodies()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void whatACancelledConsumerHoldsComesBackWhenItsSessionIsClosed() {
        client.createTopic("t", 2);
        append(1, "a");
        var gone = world.connect();
        var consumer = gone.consume("t", 0);
        world.run();
        consumer.handle().cancel(new Answer<>());
        world.run();

        gone.session.close();
        var other = client.consume("t", 0);
        world.run();
        assertThat(other.bodies()).containsExactly("a");
    }

    @Test
    void consumersHearOnceThatTheirTopicIsDeleted() {
        client.createTopic("t", 3);
        var consumer = client.consume("t", 0);
        world.run();
        client.session.topics().delete(client.topic("t"), new Answer<>());
        world.run();
        assertThat(consumer.cancelled).isTrue();
        assertThat(client.session.topics().catalogue().topics()).isEmpty();
    }

    @Test
    void anExclusiveConsumerIsAloneAtAllPartitions() {
        client.createTopic("t", 2);
        var exclusive = new TestConsumer(client.session);
        client.session.consume(
                new ConsumerSpec("t", "tag", false, true, 0, Arguments.NONE), exclusive, exclusive.reply);
        world.run();
        var other = client.consume("t", 0);
        world.run();
        assertThat(other.reply.failure()).isInstanceOf(BrokerException.AccessRefused.class);
        exclusive.handle().close();
        world.run();
        var next = client.consume("t", 0);
        world.run();
        assertThat(next.reply.failure()).isNull();
    }

    // ---- One by one, and all at once

    @Test
    void messagesAreTakenOneByOneFromAllPartitions() {
        client.createTopic("t", 3);
        append(0, "a");
        append(1, "b");
        append(2, "c");
        var taken = new TreeSet<String>();
        for (int i = 0; i < 3; i++) {
            taken.add(get().orElseThrow().message().body().toUtf8());
        }
        assertThat(taken).containsExactly("a", "b", "c");
        assertThat(get()).isEmpty();
        assertThat(client.status("t").ready()).isZero();
    }

    @Test
    void whatWaitsIsAllThatIsKeptUntilSomebodyTakes() {
        client.createTopic("t", 2);
        append(0, "a", "b");
        append(1, "c");
        assertThat(client.status("t").ready()).isEqualTo(3);
        get();
        assertThat(client.status("t").ready()).isEqualTo(2);
        assertThat(client.status("t").type()).isEqualTo("topic");
    }

    @Test
    void purgingMovesTheCursorAndKeepsTheLog() {
        client.createTopic("t", 2);
        append(0, "a", "b");
        append(1, "c");
        var purged = new Answer<Long>();
        client.session.purgeQueue("t", purged);
        world.run();
        assertThat(purged.get()).isEqualTo(3);
        assertThat(client.status("t").ready()).isZero();
        assertThat(starts()).containsExactly(0L, 0L);
        var reader = read("first");
        world.run();
        assertThat(reader.arrived).hasSize(3);
    }

    @Test
    void aTopicIsDeletedAsAQueueIs() {
        client.createTopic("t", 2);
        append(0, "a");
        var refused = delete(false, true);
        assertThat(refused.failure()).isInstanceOf(BrokerException.PreconditionFailed.class);
        var consumer = client.consume("t", 0);
        world.run();
        assertThat(delete(true, false).failure()).isInstanceOf(BrokerException.PreconditionFailed.class);
        consumer.settleAll(Outcome.ACCEPTED);
        consumer.handle().close();
        world.run();
        assertThat(delete(true, true).get()).isZero();
        assertThat(client.session.topics().catalogue().topics()).isEmpty();
    }

    @Test
    void listsHaveATopicOnce() {
        client.createTopic("t", 3);
        client.consume("t", 0);
        append(1, "a");
        var list = new Answer<List<QueueStatus>>();
        client.session.listQueues(list);
        world.run();
        assertThat(list.get()).hasSize(1);
        assertThat(list.get().getFirst().unsettled()).isOne();
        assertThat(list.get().getFirst().consumers()).isOne();
    }

    @Test
    void statisticsHaveATopicOnceWithWhatAllItsPartsHaveCounted() {
        client.createTopic("t", 3);
        append(0, "a", "b");
        append(1, "c");
        client.declare("q");
        assertThat(statistics()).extracting(each -> each.queue().name()).containsExactlyInAnyOrder("t", "q");
        assertThat(statisticsOf("t").ready()).isEqualTo(3);
        var consumer = client.consume("t", 0);
        world.run();
        client.session.settle(consumer.handle(), consumer.arrived.getFirst().queue(), 0, Outcome.ACCEPTED);
        client.session.flush();
        world.run();

        var topic = statisticsOf("t");

        assertThat(topic.queue()).isSameAs(((TopicEntry) client.topic("t")).head());
        assertThat(topic.ready()).isZero();
        assertThat(topic.unsettled()).isEqualTo(2);
        assertThat(topic.consumers()).isOne();
        assertThat(topic.counts().of(Counted.PUBLISH)).isEqualTo(3);
        assertThat(topic.counts().of(Counted.DELIVER)).isEqualTo(3);
        assertThat(topic.counts().of(Counted.ACK)).isOne();
        var alone = new Answer<QueueStatistics>();
        world.broker.statistics().queue(topic.queue(), alone);
        world.run();
        assertThat(alone.get()).isEqualTo(topic);
    }

    private QueueStatistics statisticsOf(String name) {
        return statistics().stream()
                .filter(each -> each.queue().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<QueueStatistics> statistics() {
        var answer = new Answer<List<QueueStatistics>>();
        world.broker.statistics().queues("/", answer);
        world.run();
        return answer.get();
    }

    // ---- As streams

    @Test
    void whoAsksForAnOffsetReadsAllPartitionsAsStreams() {
        client.createTopic("t", 3);
        append(0, "a", "b");
        append(1, "c");
        client.consume("t", 0);
        world.run();
        var first = read("first");
        var next = read("next");
        world.run();
        append(2, "d");
        world.run();
        assertThat(first.bodies()).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(next.bodies()).containsExactly("d");
        assertThat(first.arrived).allMatch(delivery -> delivery.streamOffset() >= 0);
    }

    @Test
    void whoReadsOnePartitionHearsThatTheTopicIsDeleted() {
        client.createTopic("t", 3);
        var arguments = new Arguments(Map.of("x-stream-offset", "first", "x-stream-partition", 1));
        var spec = new ConsumerSpec("t", "reader", false, false, 100, arguments);
        var reader = new TestConsumer(client.session);
        client.session.consume(spec, reader, reader.reply);
        var late = new TestConsumer(client.session);
        client.session.topics().delete(client.topic("t"), new Answer<>());
        client.session.consume(spec, late, late.reply);
        world.run();

        assertThat(reader.cancelled).isTrue();
        assertThat(late.reply.failure()).isNotInstanceOf(BrokerException.PreconditionFailed.class);
        var last = new TestConsumer(client.session);
        client.session.consume(spec, last, last.reply);
        world.run();
        assertThat(last.reply.failure()).isInstanceOf(BrokerException.NotFound.class);
    }

    @Test
    void whatAmqpPublishesIsTakenAndRead() {
        client.createTopic("t", 3);
        var worker = client.consume("t", 0);
        var reader = read("first");
        for (int i = 0; i < 10; i++) {
            client.publish("", "t", "m" + i, i);
            client.session.flush();
            world.run();
        }
        assertThat(worker.arrived).hasSize(10);
        assertThat(reader.arrived).hasSize(10);
        assertThat(client.accepted).hasSize(10);
    }

    // ---- With these hands

    private void append(int partition, String... bodies) {
        var rule = new AppendRule(true, AppendRule.Origin.CLIENT);
        client.append(client.topic("t").partitions().get(partition), BrokerWorld.records(bodies), rule);
    }

    private Optional<Delivery> get() {
        var answer = client.get("t");
        world.run();
        return answer.get();
    }

    private Answer<Long> delete(boolean ifUnused, boolean ifEmpty) {
        var answer = new Answer<Long>();
        client.session.deleteQueue("t", ifUnused, ifEmpty, answer);
        world.run();
        return answer;
    }

    private TestConsumer read(String from) {
        var consumer = new TestConsumer(client.session);
        client.session.consume(
                new ConsumerSpec("t", "reader", false, false, 100, new Arguments(Map.of("x-stream-offset", from))),
                consumer,
                consumer.reply);
        world.run();
        return consumer;
    }

    private List<Long> ends() {
        return bounds(true);
    }

    private List<Long> starts() {
        return bounds(false);
    }

    private List<Long> bounds(boolean ends) {
        var all = new ArrayList<Long>();
        client.topic("t")
                .partitions()
                .forEach(each -> all.add(
                        ends ? each.bounds().highWatermark() : each.bounds().start()));
        return all;
    }
}
