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
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The broker over the real journal, on segments in memory that outlive it.
class JournaledBrokerTest {
    private static final StorageOptions SMALL_SEGMENTS =
            StorageOptions.inMemory().withJournalCapacity(64 * 1024).withTailBudget(0);

    private final MemorySegmentStore segments = new MemorySegmentStore();
    private final MemoryMetaStore facts = new MemoryMetaStore();

    private BrokerWorld open() {
        return new BrokerWorld(
                recovery -> JournaledStorage.open(segments, facts, SMALL_SEGMENTS, StorageThreads.direct(), recovery));
    }

    @Test
    void manySegmentsOfMessagesComeBackInOrderAfterACleanStop() {
        var world = open();
        Client client = world.connect();
        client.declare("q");
        world.run();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 20_000; i++) {
            expected.add("message " + i);
            client.publish("", "q", "message " + i, i);
            if (i % 50 == 49) {
                client.session.flush();
                world.run();
            }
        }
        world.run();
        assertThat(client.accepted).hasSize(20_000);
        client.session.close();
        world.run();
        var stopped = world.broker.stop();
        world.run();
        assertThat(stopped).isCompleted();

        var after = open();
        Client reader = after.connect();
        assertThat(reader.status("q", after::run).ready()).isEqualTo(20_000);
        var consumer = reader.consume("q", 0);
        after.run();
        assertThat(consumer.bodies()).isEqualTo(expected);
        assertThat(consumer.arrived).noneMatch(Delivery::redelivered);
    }

    @Test
    void whatWasSettledStaysSettledOverSegmentsSnapshotsAndAKill() {
        var world = open();
        Client client = world.connect();
        client.declare("q");
        world.run();
        var consumer = client.consume("q", 0);
        world.run();
        for (int i = 0; i < 10_000; i++) {
            client.publish("", "q", "message " + i, i);
            if (i % 50 == 49) {
                client.session.flush();
                world.run();
                var latest = consumer.arrived.subList(consumer.arrived.size() - 50, consumer.arrived.size());
                for (Delivery delivery : latest) {
                    if (delivery.deliveryId() % 100 != 0) {
                        client.session.settle(
                                consumer.handle(), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
                    }
                }
                client.session.flush();
                world.run();
            }
        }
        // What was settled last waits for the next sync: let there be one.
        client.publish("", "q", "the end", 10_000);
        client.session.flush();
        world.run();

        var after = open();
        var survivors = after.connect().consume("q", 0);
        after.run();
        var expected = new ArrayList<>(
                IntStream.range(0, 100).mapToObj(i -> "message " + 100 * i).toList());
        expected.add("the end");
        assertThat(survivors.bodies()).isEqualTo(expected);
        assertThat(survivors.arrived).allMatch(Delivery::redelivered);
    }

    @Test
    void aStreamOverManySegmentsIsReadFromAnyOffsetAlsoAfterAKill() {
        var world = open();
        Client client = world.connect();
        client.declare("s", Map.of("x-queue-type", "stream", "x-max-length-bytes", 150_000));
        world.run();
        var follower = read(client, "next");
        world.run();
        for (int i = 0; i < 10_000; i++) {
            client.publish("", "s", "message " + i, i);
            if (i % 50 == 49) {
                client.session.flush();
                world.run();
            }
        }
        assertThat(client.accepted).hasSize(10_000);
        assertThat(follower.arrived).hasSize(10_000);
        assertThat(client.status("s", world::run).ready()).isBetween(5_000L, 9_500L);

        var after = open();
        Client reader = after.connect();
        var all = read(reader, "first");
        var some = read(reader, 9_123);
        after.run();
        long kept = reader.status("s", after::run).ready();
        assertThat(kept).isBetween(5_000L, 9_500L);
        assertIsRun(all, 10_000 - kept, 10_000);
        assertIsRun(some, 9_123, 10_000);
    }

    /// What another shard appends between a message and the look at where the journal ends: nobody waits for it.
    @Test
    void whatSomebodyElseAppendsInBetweenKeepsNobodyWaiting() {
        var opened = new AtomicReference<JournaledStorage>();
        Executor flusher = turn -> {
            turn.run();
            if (opened.get() != null) {
                opened.get().journal().append(3, Bytes.utf8("settled"), false);
            }
        };
        var world = new BrokerWorld(recovery -> {
            var threads = new StorageThreads(flusher, Runnable::run);
            var storage = JournaledStorage.open(segments, facts, SMALL_SEGMENTS, threads, recovery);
            opened.set(storage);
            return storage;
        });
        Client client = world.connect();
        client.declare("q");
        world.run();
        for (int i = 0; i < 3; i++) {
            client.publish("", "q", "message", i);
            client.session.flush();
            world.run();
            assertThat(client.accepted).hasSize(i + 1);
        }
    }

    private static BrokerWorld.TestConsumer read(Client client, Object from) {
        var consumer = new BrokerWorld.TestConsumer(client.session);
        var arguments = new Arguments(Map.of("x-stream-offset", from));
        client.session.consume(new ConsumerSpec("s", "tag", false, false, 60_000, arguments), consumer, consumer.reply);
        return consumer;
    }

    private static void assertIsRun(BrokerWorld.TestConsumer consumer, long from, long to) {
        assertThat(consumer.arrived)
                .extracting(Delivery::streamOffset)
                .isEqualTo(LongStream.range(from, to).boxed().toList());
        assertThat(consumer.bodies())
                .isEqualTo(
                        LongStream.range(from, to).mapToObj(i -> "message " + i).toList());
    }
}
