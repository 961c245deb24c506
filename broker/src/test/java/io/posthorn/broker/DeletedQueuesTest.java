package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Queues that are deleted leave nothing behind, whatever goes on in them.
class DeletedQueuesTest {
    private static final int QUEUES = 4;
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aQueueDeletedUnderLoadLeavesEverythingClean(int seed) {
        var load = new Load(seed);
        for (int i = 0; i < 400; i++) {
            load.step();
        }
        load.end();

        load.clients.forEach(one -> {
            assertThat(one.client.accepted).as("seed %d", seed).doesNotHaveDuplicates();
            assertThat(new TreeSet<>(one.client.accepted)).isEqualTo(new TreeSet<>(one.routed));
            assertThat(one.client.refused).isEmpty();
        });
        assertThat(load.consumers).allMatch(consumer -> consumer.reply.failure() != null || consumer.cancelled);
        var status = load.world.broker.status();
        assertThat(status.queues()).isZero();
        assertThat(status.consumers()).isZero();
        assertThat(status.heldBytes()).isZero();
        assertThat(load.world.storage.logCount()).isZero();
        assertThat(load.world.broker.shardStatistics()).allSatisfy(shard -> {
            assertThat(shard.queues()).isZero();
            assertThat(shard.quarantined()).isZero();
            assertThat(shard.mailboxBytes()).isZero();
        });

        load.clients.forEach(one -> one.client.session.close());
        load.world.syncAndRun();
        assertThat(load.world.broker.status().sessions()).isZero();
        var after = new BrokerWorld(load.world.storage.crash());
        assertThat(after.broker.status().queues()).isZero();
    }

    /// A client, and the numbers of what it published and somebody took.
    private static final class Loaded {
        final Client client;
        final List<Long> routed = new ArrayList<>();
        private long next;

        Loaded(Client client) {
            this.client = client;
        }

        void publish(String exchange, String key) {
            long sequence = next++;
            if (client.publish(exchange, key, "message " + sequence, sequence) > 0) {
                routed.add(sequence);
            }
        }
    }

    private static final class Load {
        final BrokerWorld world = new BrokerWorld(new FakeStorage());
        final List<Loaded> clients = new ArrayList<>();
        final List<TestConsumer> consumers = new ArrayList<>();
        private final Random random;

        Load(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                clients.add(new Loaded(world.connect()));
            }
            session()
                    .declareExchange(
                            new ExchangeSpec("all", "fanout", true, false, false, Arguments.NONE), new Answer<>());
            for (int i = 0; i < QUEUES; i++) {
                declare("q" + i);
            }
            world.syncAndRun();
        }

        void step() {
            String queue = "q" + random.nextInt(QUEUES);
            Loaded one = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> one.publish("", queue);
                case 3, 4 -> one.publish("all", "");
                case 5, 6 -> one.client.session.flush();
                case 7 -> world.run();
                case 8 -> world.storage.sync();
                case 9 -> consumers.add(one.client.consume(queue, random.nextInt(4)));
                case 10 -> settleSome();
                case 11 -> one.client.session.deleteQueue(queue, false, false, new Answer<>());
                case 12 -> one.client.get(queue);
                default -> declare(queue);
            }
        }

        private void declare(String queue) {
            boolean durable = random.nextInt(3) > 0;
            session().declareQueue(new QueueSpec(queue, durable, false, false, Arguments.NONE), new Answer<>());
            session()
                    .bind(
                            new BindingSpec("all", BindingSpec.Destination.QUEUE, queue, "", Arguments.NONE),
                            new Answer<>());
        }

        private void settleSome() {
            for (TestConsumer consumer : consumers) {
                if (!consumer.arrived.isEmpty() && random.nextBoolean()) {
                    consumer.settleAll(OUTCOMES.get(random.nextInt(OUTCOMES.size())));
                    consumer.arrived.clear();
                }
            }
        }

        private BrokerSession session() {
            return clients.get(random.nextInt(clients.size())).client.session;
        }

        void end() {
            clients.forEach(one -> one.client.session.flush());
            world.syncAndRun();
            for (int i = 0; i < QUEUES; i++) {
                session().deleteQueue("q" + i, false, false, new Answer<>());
            }
            world.syncAndRun();
        }
    }

    @Test
    void aChannelForgetsTheQueuesThatItTookFromAndThatAreGone() {
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        Client client = world.connect();
        var getter = (LocalGetter) client.session.getter();
        for (int i = 0; i < 1_000; i++) {
            String queue = "q" + i;
            client.declare(queue);
            client.session.get(queue, true, getter, new Answer<>());
            if (i >= 10) {
                client.session.deleteQueue(queue, false, false, new Answer<>());
            }
            world.run();
        }
        assertThat(getter.size()).isBetween(10, 64);
        for (int i = 0; i < 10; i++) {
            var queue = world.broker.topology().virtualHost("/").queue("q" + i);
            assertThat(getter.collector(Objects.requireNonNull(queue))).isNotNull();
        }
    }
}
