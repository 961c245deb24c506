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

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FetchHandlerTest {
    /// Longer than any test: who answers later than at once has been woken.
    private static final int FOR_EVER = 25_000;

    private final KafkaWorld world = new KafkaWorld();
    private final TestTopics topics = new TestTopics(world);

    @BeforeAll
    void load() {
        world.protocol().service().join();
    }

    @AfterAll
    void close() {
        topics.close();
        world.close();
    }

    @Test
    void recordsAreReadInEveryVersionThatIsServed() throws IOException {
        Topic topic = topics.create("versions");
        try (var client = world.connect()) {
            append(client, "versions", 0, "a", "b");
            for (int version = 4; version <= 18; version++) {
                var wanted =
                        version < 13 ? topic("versions", partition(0, 0)) : topic(topics.idOf(topic), partition(0, 0));
                PartitionData found = only(client.ask(request(version, fetch(0, wanted)), FetchResponse.class));

                assertThat(found.errorCode()).as("version " + version).isZero();
                assertThat(valuesOf(found)).containsExactly("a", "b");
                assertThat(found.highWatermark()).isEqualTo(2);
                assertThat(found.lastStableOffset()).isEqualTo(2);
            }
        }
    }

    /// Its answers are more than is kept for one that does not read.
    @Test
    void whoAsksMuchAndReadsLateGetsItAll() throws IOException {
        topics.create("late");
        try (var client = world.connect()) {
            append(client, "late", 0, "x".repeat(1_000_000));
            var sent = new ArrayList<RequestHeader>();
            for (int i = 0; i < 40; i++) {
                sent.add(client.send(request(12, fetch(0, topic("late", partition(0, 0))))));
            }
            for (RequestHeader header : sent) {
                var answer = (FetchResponse) client.answer(header);
                assertThat(valuesOf(only(answer)))
                        .singleElement()
                        .satisfies(value -> assertThat(value).hasSize(1_000_000));
            }
        }
    }

    @Test
    void aPollWaitsForAnyOfItsPartitions() throws IOException {
        topics.create("poll", 50, Map.of());
        try (var waiting = world.connect();
                var producer = world.connect()) {
            var all = IntStream.range(0, 50).mapToObj(i -> partition(i, 0)).toArray(FetchPartition[]::new);
            var header = waiting.send(request(4, fetch(FOR_EVER, topic("poll", all))));
            append(producer, "poll", 37, "wake up");

            var answer = (FetchResponse) waiting.answer(header);

            assertThat(answer.data().responses().getFirst().partitions())
                    .filteredOn(one -> !valuesOf(one).isEmpty())
                    .singleElement()
                    .satisfies(one -> assertThat(one.partitionIndex()).isEqualTo(37));
        }
    }

    @Test
    void aPollWaitsUntilThereIsEnough() throws IOException {
        topics.create("enough", 2, Map.of());
        try (var waiting = world.connect();
                var producer = world.connect()) {
            var data = fetch(FOR_EVER, topic("enough", partition(0, 0), partition(1, 0)))
                    .setMinBytes(3 * records("12345").sizeInBytes());
            var header = waiting.send(request(4, data));
            append(producer, "enough", 0, "12345");
            append(producer, "enough", 1, "12345");
            append(producer, "enough", 0, "12345");

            var answer = (FetchResponse) waiting.answer(header);

            assertThat(answer.data().responses().getFirst().partitions())
                    .extracting(one -> valuesOf(one).size())
                    .containsExactly(2, 1);
        }
    }

    @Test
    void aPollEndsWithItsTime() throws IOException {
        topics.create("quiet");
        try (var client = world.connect()) {
            var found = only(client.ask(request(4, fetch(50, topic("quiet", partition(0, 0)))), FetchResponse.class));

            assertThat(found.errorCode()).isZero();
            assertThat(valuesOf(found)).isEmpty();
        }
    }

    @Test
    void lessThanNoBytesAreRefusedWhereThereIsSomething() throws IOException {
        topics.create("negative", 2, Map.of());
        try (var client = world.connect()) {
            append(client, "negative", 0, "a");
            var all = fetch(0, topic("negative", partition(0, 0), partition(1, 0)))
                    .setMaxBytes(-1);
            var one = fetch(0, topic("negative", partition(0, 0).setPartitionMaxBytes(-1), partition(1, 0)));
            for (FetchRequestData data : List.of(all, one)) {
                FetchResponse answer = client.ask(request(12, data), FetchResponse.class);
                assertThat(answer.data().responses().getFirst().partitions())
                        .extracting(PartitionData::errorCode)
                        .containsExactly(Errors.UNKNOWN_SERVER_ERROR.code(), Errors.NONE.code());
            }
        }
    }

    @Test
    void aPollHearsThatItsTopicIsGone() throws IOException {
        Topic topic = topics.create("gone");
        try (var waiting = world.connect()) {
            var byName = waiting.send(request(12, fetch(FOR_EVER, topic("gone", partition(0, 0)))));
            try (var other = world.connect()) {
                var byId = other.send(request(13, fetch(FOR_EVER, topic(topics.idOf(topic), partition(0, 0)))));
                topics.delete(topic);

                assertThat(only((FetchResponse) waiting.answer(byName)).errorCode())
                        .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                assertThat(only((FetchResponse) other.answer(byId)).errorCode())
                        .isIn(Errors.UNKNOWN_TOPIC_ID.code(), Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            }
        }
    }

    @Test
    void aConnectionThatEndsWhileItWaitsLeavesNothingBehind() throws IOException {
        topics.create("left");
        try (var client = world.connect()) {
            client.send(request(4, fetch(FOR_EVER, topic("left", partition(0, 0)))));
        }
        try (var client = world.connect()) {
            append(client, "left", 0, "v");
            assertThat(valuesOf(only(client.ask(
                            request(4, fetch(0, topic("left", partition(0, 0)))), FetchResponse.class))))
                    .containsExactly("v");
        }
    }

    @Test
    void whatCannotBeReadIsSaidAtOnce() throws IOException {
        topics.create("wrong");
        try (var client = world.connect()) {
            append(client, "wrong", 0, "v");

            assertThat(error(client, topic("wrong", partition(0, -1)))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            assertThat(error(client, topic("wrong", partition(1, 0)))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, topic("nowhere", partition(0, 0)))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, topic(Uuid.randomUuid(), partition(0, 0)))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(error(client, topic("wrong", partition(0, 0).setCurrentLeaderEpoch(1))))
                    .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
            assertThat(error(client, topic("wrong", partition(0, 0).setCurrentLeaderEpoch(0))))
                    .isEqualTo(Errors.NONE);
        }
    }

    @Test
    void anOffsetBehindTheEndIsWrongOnceItsTimeIsOver() throws IOException {
        topics.create("ahead");
        try (var client = world.connect();
                var producer = world.connect()) {
            for (int wait : new int[] {0, 20}) {
                assertThat(Errors.forCode(only(client.ask(
                                        request(4, fetch(wait, topic("ahead", partition(0, 1)))), FetchResponse.class))
                                .errorCode()))
                        .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            }
            var header = client.send(request(4, fetch(FOR_EVER, topic("ahead", partition(0, 1)))));
            append(producer, "ahead", 0, "a");
            append(producer, "ahead", 0, "b");

            assertThat(valuesOf(only((FetchResponse) client.answer(header)))).containsExactly("b");
        }
    }

    @Test
    void aFirstBatchIsSentThoughItIsTooLargeAndTheNextOnesAreNot() throws IOException {
        topics.create("large", 2, Map.of());
        try (var client = world.connect()) {
            append(client, "large", 0, "x".repeat(5_000));
            append(client, "large", 0, "y".repeat(5_000));
            append(client, "large", 1, "z".repeat(5_000));
            var data = fetch(FOR_EVER, topic("large", partition(0, 0), partition(1, 0)))
                    .setMaxBytes(100);

            var found = client.ask(request(4, data), FetchResponse.class)
                    .data()
                    .responses()
                    .getFirst()
                    .partitions();

            assertThat(found).extracting(one -> valuesOf(one).size()).containsExactly(1, 0);
        }
    }

    // ---- Sessions

    @Test
    void aSessionIsToldOnlyWhatIsNew() throws IOException {
        Topic topic = topics.create("session", 3, Map.of());
        Uuid id = topics.idOf(topic);
        try (var client = world.connect()) {
            append(client, "session", 1, "first");
            var full = client.ask(
                    request(
                            17,
                            fetch(0, topic(id, partition(0, 0), partition(1, 0), partition(2, 0)))
                                    .setSessionEpoch(0)),
                    FetchResponse.class);
            assertThat(full.sessionId()).isPositive();
            assertThat(full.data().responses().getFirst().partitions()).hasSize(3);

            var nothing = client.ask(request(17, next(full, 1, topic(id, partition(1, 1)))), FetchResponse.class);
            assertThat(nothing.data().responses()).isEmpty();
            assertThat(nothing.sessionId()).isEqualTo(full.sessionId());

            append(client, "session", 2, "second");
            var news = client.ask(request(17, next(full, 2)), FetchResponse.class);
            assertThat(only(news).partitionIndex()).isEqualTo(2);
            assertThat(valuesOf(only(news))).containsExactly("second");

            var forgetful = next(full, 3)
                    .setForgottenTopicsData(
                            List.of(new ForgottenTopic().setTopicId(id).setPartitions(List.of(2))));
            assertThat(client.ask(request(17, forgetful), FetchResponse.class)
                            .data()
                            .responses())
                    .isEmpty();
        }
    }

    @Test
    void aSessionWakesForPartitionsThatARequestDoesNotName() throws IOException {
        topics.create("woken", 3, Map.of());
        try (var client = world.connect();
                var producer = world.connect()) {
            var full = client.ask(
                    request(
                            7,
                            fetch(0, topic("woken", partition(0, 0), partition(1, 0), partition(2, 0)))
                                    .setSessionEpoch(0)),
                    FetchResponse.class);
            var header = client.send(request(7, next(full, 1).setMaxWaitMs(FOR_EVER)));
            append(producer, "woken", 1, "v");

            assertThat(valuesOf(only((FetchResponse) client.answer(header)))).containsExactly("v");
        }
    }

    @Test
    void whoHasLostCountBeginsAnew() throws IOException {
        topics.create("count");
        try (var client = world.connect()) {
            var full = client.ask(
                    request(7, fetch(0, topic("count", partition(0, 0))).setSessionEpoch(0)), FetchResponse.class);

            assertThat(client.ask(request(7, next(full, 5)), FetchResponse.class)
                            .error())
                    .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            assertThat(client.ask(request(13, next(full, 1)), FetchResponse.class)
                            .error())
                    .isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
            assertThat(client.ask(request(7, next(full, 1)), FetchResponse.class)
                            .error())
                    .isEqualTo(Errors.NONE);
            // Closed by its client.
            client.ask(request(7, fetch(0).setSessionId(full.sessionId()).setSessionEpoch(-1)), FetchResponse.class);
            assertThat(client.ask(request(7, next(full, 2)), FetchResponse.class)
                            .error())
                    .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }

    @Test
    void aSessionServesOneRequestAtATime() throws IOException {
        topics.create("busy");
        try (var client = world.connect();
                var other = world.connect()) {
            var full = client.ask(
                    request(7, fetch(0, topic("busy", partition(0, 0))).setSessionEpoch(0)), FetchResponse.class);
            var waiting = client.send(request(7, next(full, 1).setMaxWaitMs(FOR_EVER)));

            // Until the one that waits has come, its number is another; then it is right, and has to wait.
            for (int i = 0; i < 100; i++) {
                assertThat(other.ask(request(7, next(full, 2)), FetchResponse.class)
                                .error())
                        .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
            }
            append(other, "busy", 0, "v");
            assertThat(valuesOf(only((FetchResponse) client.answer(waiting)))).containsExactly("v");
        }
    }

    @Test
    void partitionsTakeTurnsWhereThereIsNotRoomForAll() throws IOException {
        topics.create("turns", 4, Map.of());
        try (var client = world.connect()) {
            for (int i = 0; i < 4; i++) {
                append(client, "turns", i, "x".repeat(1_000));
                append(client, "turns", i, "x".repeat(1_000));
            }
            var all = IntStream.range(0, 4).mapToObj(i -> partition(i, 0)).toArray(FetchPartition[]::new);
            var full = client.ask(
                    request(7, fetch(0, topic("turns", all)).setSessionEpoch(0).setMaxBytes(1)), FetchResponse.class);
            var seen = new java.util.ArrayList<Integer>();
            seen.addAll(served(full));
            for (int epoch = 1; epoch < 4; epoch++) {
                seen.addAll(served(client.ask(request(7, next(full, epoch).setMaxBytes(1)), FetchResponse.class)));
            }
            assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }

    private static List<Integer> served(FetchResponse answer) {
        return answer.data().responses().stream()
                .map(FetchableTopicResponse::partitions)
                .flatMap(List::stream)
                .filter(one -> !valuesOf(one).isEmpty())
                .map(PartitionData::partitionIndex)
                .toList();
    }

    private static FetchRequestData next(
            FetchResponse full, int epoch, org.apache.kafka.common.message.FetchRequestData.FetchTopic... changed) {
        return fetch(0, changed).setSessionId(full.sessionId()).setSessionEpoch(epoch);
    }

    private static Errors error(RawKafka client, org.apache.kafka.common.message.FetchRequestData.FetchTopic wanted)
            throws IOException {
        int version = wanted.topic().isEmpty() ? 13 : 12;
        return Errors.forCode(only(client.ask(request(version, fetch(FOR_EVER, wanted)), FetchResponse.class))
                .errorCode());
    }

    private static void append(RawKafka client, String topic, int partition, String... values) throws IOException {
        assertThat(only(client.ask(produce(9, -1, topic, partition, records(values)), ProduceResponse.class))
                        .errorCode())
                .isZero();
    }
}
