package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topology.QueueEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Single messages of a topic, and single partitions of it, for those who know queues.
class PartsOfTopicsTest {
    private BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private BrokerWorld.Client client = world.connect();

    // ---- Single messages

    @Test
    void lookingGoesRoundByRoundOverAllPartitions() {
        client.createTopic("t", 3);
        append(0, "a0", "a1", "a2");
        append(1, "b0");
        append(2, "c0", "c1");
        for (int most : new int[] {1, 2, 4, 100}) {
            assertThat(browse(MessageState.READY, most)).containsExactly("a0", "b0", "c0", "a1", "c1", "a2");
        }
        var taker = client.consume("t", 1);
        world.run();
        assertThat(browse(MessageState.UNSETTLED, 2)).containsExactlyElementsOf(taker.bodies());
        assertThat(browse(MessageState.READY, 2)).hasSize(5).doesNotContainAnyElementsOf(taker.bodies());
    }

    @Test
    void everyPageOfALookAtManyPartitionsGoesOnWhereTheLastEnded() {
        for (int seed = 0; seed < 8; seed++) {
            world = new BrokerWorld(new FakeStorage().syncsAtOnce());
            client = world.connect();
            var random = new Random(seed);
            client.createTopic("t", 1 + random.nextInt(5));
            var all = new TreeSet<String>();
            for (int i = 0; i < 20; i++) {
                append(random.nextInt(client.topic("t").partitions().size()), "m" + i);
                all.add("m" + i);
            }
            List<String> seen = browse(MessageState.READY, 1 + random.nextInt(7));
            assertThat(seen).as("seed %d", seed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(all);
        }
    }

    @Test
    void whatWasLookedAtCanBeTakenAloneWhereverItIs() {
        client.createTopic("t", 3);
        append(0, "a0", "a1");
        append(2, "c0", "c1");
        List<BrowsedMessage> seen = look(MessageState.READY, 0, 10).messages();
        ConsumerHandle owner = client.session.getter();
        var ids = new ArrayList<Long>();
        for (BrowsedMessage each : seen) {
            if (each.message().body().toUtf8().endsWith("1")) {
                ids.add(each.id());
            }
        }
        ids.add(BrowsedMessage.id(seen.getFirst().queue(), 77));
        var claimed = new Answer<List<Long>>();
        client.session.claim("t", ids, owner, claimed);
        world.run();

        assertThat(claimed.get()).containsExactlyElementsOf(ids.subList(0, 2));
        seen.stream()
                .filter(each -> each.id() == ids.getLast() || each.id() == ids.getFirst())
                .forEach(each -> client.session.settle(owner, each.queue(), each.deliveryId(), Outcome.ACCEPTED));
        client.session.flush();
        owner.close();
        world.run();
        var rest = client.consume("t", 0);
        world.run();
        assertThat(rest.bodies()).containsExactlyInAnyOrder("a0", "c0", "c1");
    }

    // ---- What may be held

    @Test
    void aLimitOfAllConsumersThatComesLaterBindsOneThatHasItsOwn() {
        client.createTopic("t", 2);
        var credit = new SharedCredit();
        var consumer = new TestConsumer(client.session);
        client.session.consume(
                new ConsumerSpec("t", "tag", false, false, 6, Arguments.NONE, null, () -> credit),
                consumer,
                consumer.reply);
        world.run();
        credit.limit(3);
        consumer.handle().share(credit, new Answer<>());
        world.run();
        append(0, "a", "b", "c", "d");
        append(1, "e", "f", "g", "h");
        assertThat(consumer.bodies()).hasSize(3);

        credit.limit(100);
        world.run();
        assertThat(consumer.bodies()).hasSize(6);
        credit.limit(4);
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        assertThat(consumer.bodies()).hasSize(8);
    }

    @Test
    void aPartThatComesLaterIsBoundByWhatAllConsumersShare() {
        client.createTopic("t", 1);
        var consumer = client.consume("t", 0);
        world.run();
        var credit = new SharedCredit();
        credit.pause();
        consumer.handle().share(credit, new Answer<>());
        world.run();
        client.session.topics().addPartitions(client.topic("t"), 2, new Answer<>());
        world.run();
        append(1, "a", "b", "c", "d");
        assertThat(consumer.bodies()).as("paused").isEmpty();

        credit.limit(3);
        credit.resume();
        world.run();
        assertThat(consumer.bodies()).hasSize(3);
    }

    // ---- The end

    @Test
    void whoseTopicGoesBeforeAllPartsHaveAnsweredIsToldSoBehindTheAnswer() {
        client.createTopic("t", 2);
        var session = (LocalSession) client.session;
        QueueEntry head = world.broker.topology().queue("/", "t", session.id());
        List<QueueEntry> parts = world.broker.topology().partitionsOf(head);
        var settings = ConsumerSettings.of(new Arguments(Map.of("x-stream-offset", "first")), "t", "stream");
        var answers = new ArrayList<Runnable>();
        var sink = new TestConsumer(session);
        var consumer = new LocalTopicConsumer(
                session,
                head,
                new ConsumerSpec("t", "tag", false, false, 100, Arguments.NONE),
                () -> parts,
                (part, spec, to, answer) -> session.takings()
                        .start(
                                part,
                                spec,
                                settings,
                                to,
                                session.here(answer, done -> answers.add(() -> answer.ok(done)))),
                sink);
        consumer.begin(sink.reply);
        world.run();
        client.session.topics().delete(client.topic("t"), new Answer<>());
        world.run();
        assertThat(sink.cancelled).as("it knows of no consumer").isFalse();
        answers.forEach(Runnable::run);
        assertThat(sink.reply.isThere()).isTrue();
        assertThat(sink.cancelled).isTrue();
    }

    // ---- One partition as a stream

    @Test
    void aStreamConsumerMayNameItsPartition() {
        client.createTopic("t", 3);
        append(0, "a");
        append(2, "b", "c");
        var consumer = readOf(2, 1L);
        world.run();
        assertThat(consumer.bodies()).containsExactly("c");
        assertThat(consumer.arrived.getFirst().queue().partition()).isEqualTo(2);

        assertThat(readOf(3, 1L).reply.failure()).isInstanceOf(BrokerException.PreconditionFailed.class);
        assertThat(readOf(-1, 1L).reply.failure()).isInstanceOf(BrokerException.PreconditionFailed.class);
    }

    // ---- With these hands

    private TestConsumer readOf(int partition, long offset) {
        var consumer = new TestConsumer(client.session);
        var arguments = new Arguments(Map.of("x-stream-partition", partition, "x-stream-offset", offset));
        client.session.consume(new ConsumerSpec("t", "reader", false, false, 100, arguments), consumer, consumer.reply);
        world.run();
        return consumer;
    }

    private BrowsePage look(MessageState state, long from, int most) {
        var answer = new Answer<BrowsePage>();
        client.session.browse("t", state, from, most, answer);
        world.run();
        return answer.get();
    }

    private List<String> browse(MessageState state, int most) {
        var bodies = new ArrayList<String>();
        long from = 0;
        while (from != BrowsePage.END) {
            BrowsePage page = look(state, from, most);
            assertThat(page.messages()).hasSizeLessThanOrEqualTo(most);
            page.messages().forEach(each -> bodies.add(each.message().body().toUtf8()));
            from = page.next();
        }
        return bodies;
    }

    private void append(int partition, String... bodies) {
        var rule = new AppendRule(true, AppendRule.Origin.CLIENT);
        client.append(client.topic("t").partitions().get(partition), BrokerWorld.records(bodies), rule);
    }
}
