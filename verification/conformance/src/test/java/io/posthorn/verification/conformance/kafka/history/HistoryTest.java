package io.posthorn.verification.conformance.kafka.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Producers, groups, transactions and readers of Kafka's own client go on while the server is killed again and again;
/// then the checker reads what they have seen. `-Dhistory.cycles=200 -Dhistory.seed=4711` is the long form: the seed
/// fixes what the clients do and when the server is killed, not what the kernel makes of it.
class HistoryTest {
    private static final int CYCLES = Integer.getInteger("history.cycles", 3);
    private static final long SEED = Long.getLong("history.seed", System.nanoTime());
    private static final int SHOWN = 20;

    /// So many records are acknowledged at most, once everybody is at work.
    private static final int MOST_BEFORE_A_KILL = 2_000;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final History history = new History();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void whatClientsWereToldStaysTrueOverKills(@TempDir Path data) throws Exception {
        HistoryChecker checker = new HistoryChecker();
        try (PosthornProcess server = PosthornProcess.startWithKafka(data);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            var world = new World(server.kafka(), history, SEED);
            try {
                createTopics(server);
                List<Future<?>> loads = new ArrayList<>();
                for (Runnable load : loads(world)) {
                    loads.add(threads.submit(load));
                }
                for (int cycle = 1; cycle <= CYCLES; cycle++) {
                    crash(server, cycle);
                }
                world.end();
                for (Future<?> load : loads) {
                    load.get(3, TimeUnit.MINUTES);
                }
                lookWhereGroupsAre(server);
                try (var raw = new RawKafka(Integer.parseInt(server.kafka().replaceAll(".*:", "")))) {
                    new FinalReading(world, raw).read();
                }
            } finally {
                world.end();
            }
        }

        List<String> violations = checker.check(history.events());

        System.out.println(checker.summary() + ", seed " + SEED);
        assertThat(violations.stream().limit(SHOWN)).as("seed " + SEED).isEmpty();
    }

    private static void createTopics(PosthornProcess server) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.kafka()))) {
            admin.createTopics(World.TOPICS.stream()
                            .map(topic -> new NewTopic(topic, World.PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static List<Runnable> loads(World world) {
        return List.of(
                Senders.idempotent(world, "idempotent-1"),
                Senders.idempotent(world, "idempotent-2"),
                Senders.plain(world, "plain-1"),
                Transactions.some(world, "some-1"),
                Transactions.some(world, "some-2"),
                Transactions.pipe(world, "pipe"),
                Readers.alone(world, "alone"),
                Readers.member(world, "classic", "a", "classic"),
                Readers.member(world, "classic", "b", "classic"),
                Readers.member(world, "modern", "a", "consumer"),
                Readers.member(world, "modern", "b", "consumer"));
    }

    private void crash(PosthornProcess server, int cycle) throws IOException, InterruptedException {
        // Everybody has found the broker again, and is at work.
        for (var progress : List.of(Event.Acknowledged.class, Event.Ended.class, Event.Committed.class)) {
            history.awaitMore(progress, 5, PATIENCE);
        }
        history.awaitMore(Event.Acknowledged.class, random.nextInt(1, MOST_BEFORE_A_KILL), PATIENCE);
        server.kill();
        history.add(new Event.Crashed(cycle));
        if (random.nextInt(4) == 0) {
            server.crashWhileStarting(Duration.ofMillis(random.nextInt(100, 1_500)));
        }
        server.restart();
    }

    private void lookWhereGroupsAre(PosthornProcess server) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.kafka()))) {
            for (String group : List.of("classic", "modern")) {
                var committed = admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get();
                for (TopicPartition partition : World.partitions(World.PLAIN)) {
                    var offset = committed.get(partition);
                    history.add(new Event.Placed(group, partition, offset == null ? -1 : offset.offset()));
                }
            }
        }
    }
}
