package io.posthorn.protocol.kafka.fetch;

import static io.posthorn.protocol.kafka.TestRequests.fetch;
import static io.posthorn.protocol.kafka.TestRequests.only;
import static io.posthorn.protocol.kafka.TestRequests.partition;
import static io.posthorn.protocol.kafka.TestRequests.produce;
import static io.posthorn.protocol.kafka.TestRequests.records;
import static io.posthorn.protocol.kafka.TestRequests.request;
import static io.posthorn.protocol.kafka.TestRequests.topic;
import static io.posthorn.protocol.kafka.TestRequests.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sessions of which only those partitions are looked at that have moved.
class SessionWatchTest {
    private static final int PARTITIONS = 6;
    private static final int FOR_EVER = 60_000;

    private final KafkaWorld world = new KafkaWorld();
    private final TestTopics topics = new TestTopics(world);

    @AfterEach
    void close() {
        topics.close();
        world.close();
    }

    @Test
    void everyRecordComesOnceWhateverMovesAndIsForgotten() throws IOException {
        for (int seed = 1; seed <= 4; seed++) {
            try (var run = new Run("seed" + seed, new Random(seed))) {
                run.go(250);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aTopicThatGoesIsToldWithinTheSession() throws IOException {
        var gone = topics.create("gone");
        topics.create("stays");
        try (var client = world.connect()) {
            FetchResponse full = ask(
                    client,
                    fetch(0, topic("gone", partition(0, 0)), topic("stays", partition(0, 0)))
                            .setSessionEpoch(0));
            assertThat(ask(client, next(full, 1)).data().responses()).isEmpty();
            var header = client.send(request(7, next(full, 2).setMaxWaitMs(FOR_EVER)));

            topics.delete(gone);

            var answer = (FetchResponse) client.answer(header);
            assertThat(only(answer).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            // And so long as the client does not forget it, again.
            assertThat(only(ask(client, next(full, 3))).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            topics.create("gone");
            assertThat(only(ask(client, next(full, 4))).errorCode()).isZero();
        }
    }

    @Test
    void whatWasNotTakenIsSentAgain() throws IOException {
        topics.create("again");
        try (var client = world.connect()) {
            FetchResponse full =
                    ask(client, fetch(0, topic("again", partition(0, 0))).setSessionEpoch(0));
            append(client, "again", 0, "v");
            for (int epoch = 1; epoch < 4; epoch++) {
                assertThat(valuesOf(only(ask(client, next(full, epoch))))).containsExactly("v");
            }
        }
    }

    /// One client with a session that produces, reads, forgets, comes back, and changes its connection.
    private final class Run implements AutoCloseable {
        private final String name;
        private final Random random;
        private final List<List<String>> written = new ArrayList<>();
        private final List<List<String>> seen = new ArrayList<>();
        private final List<RawKafka> clients = List.of(world.connect(), world.connect());
        private final Set<Integer> wanted = new TreeSet<>();
        private final Set<Integer> changed = new TreeSet<>();
        private final List<Integer> forgotten = new ArrayList<>();
        private final int session;
        private int epoch = 1;

        Run(String name, Random random) throws IOException {
            this.name = name;
            this.random = random;
            topics.create(name, PARTITIONS, Map.of());
            for (int i = 0; i < PARTITIONS; i++) {
                written.add(new ArrayList<>());
                seen.add(new ArrayList<>());
                wanted.add(i);
            }
            session = ask(clients.getFirst(), fetch(0, topic(name, at(wanted))).setSessionEpoch(0))
                    .sessionId();
        }

        void go(int steps) throws IOException {
            for (int i = 0; i < steps; i++) {
                int index = random.nextInt(PARTITIONS);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        String value =
                                name + " " + index + " " + written.get(index).size();
                        append(clients.getFirst(), name, index, value);
                        written.get(index).add(value);
                    }
                    case 3 -> {
                        if (wanted.size() > 1 && wanted.remove(index)) {
                            changed.remove(index);
                            forgotten.add(index);
                        }
                    }
                    case 4 -> {
                        if (wanted.add(index)) {
                            forgotten.removeIf(each -> each == index);
                            changed.add(index);
                        }
                    }
                    default -> read(random.nextInt(10) == 0 ? 1 : 0);
                }
            }
            for (int i = 0; i < PARTITIONS; i++) {
                if (wanted.add(i)) {
                    changed.add(i);
                }
            }
            forgotten.clear();
            while (read(0)) {
                // Until nothing is left.
            }
            assertThat(seen).isEqualTo(written);
        }

        private FetchPartition[] at(Set<Integer> indexes) {
            return indexes.stream()
                    .map(index -> partition(index, seen.get(index).size()))
                    .toArray(FetchPartition[]::new);
        }

        private boolean read(int by) throws IOException {
            FetchRequestData data = fetch(0, topic(name, at(changed)))
                    .setSessionId(session)
                    .setSessionEpoch(epoch++)
                    .setMaxBytes(1 + random.nextInt(400))
                    .setForgottenTopicsData(
                            List.of(new ForgottenTopic().setTopic(name).setPartitions(List.copyOf(forgotten))));
            changed.clear();
            forgotten.clear();
            FetchResponse answer = ask(clients.get(by), data);
            assertThat(answer.error()).isEqualTo(Errors.NONE);
            boolean any = false;
            for (var topic : answer.data().responses()) {
                for (PartitionData found : topic.partitions()) {
                    assertThat(found.errorCode()).isZero();
                    assertThat(wanted).contains(found.partitionIndex());
                    List<String> values = valuesOf(found);
                    seen.get(found.partitionIndex()).addAll(values);
                    if (!values.isEmpty()) {
                        any = true;
                        changed.add(found.partitionIndex());
                    }
                }
            }
            return any;
        }

        @Override
        public void close() throws IOException {
            for (RawKafka client : clients) {
                client.close();
            }
        }
    }

    private static FetchRequestData next(FetchResponse full, int epoch) {
        return fetch(0).setSessionId(full.sessionId()).setSessionEpoch(epoch);
    }

    private static FetchResponse ask(RawKafka client, FetchRequestData data) throws IOException {
        return client.ask(request(7, data), FetchResponse.class);
    }

    private static void append(RawKafka client, String topic, int partition, String value) throws IOException {
        assertThat(only(client.ask(produce(9, -1, topic, partition, records(value)), ProduceResponse.class))
                        .errorCode())
                .isZero();
    }
}
