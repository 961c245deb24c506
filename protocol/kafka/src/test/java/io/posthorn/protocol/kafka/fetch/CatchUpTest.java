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
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that read what has left the memory, so that what follows is read while they work on what they got.
class CatchUpTest {
    private static final int BATCHES = 200;
    private static final String PADDING = "x".repeat(100_000);

    private KafkaWorld world = new KafkaWorld();
    private TestTopics topics = new TestTopics(world);

    @AfterEach
    void close() {
        topics.close();
        world.close();
        assertThat(world.heldForClients()).isZero();
    }

    @Test
    void everyRecordComesOnceAndInOrder() throws IOException {
        readEverything();
    }

    private void readEverything() throws IOException {
        topics.create("all", 3, Map.of());
        try (var client = world.connect()) {
            fill(client, "all", 3, 70);
            assertThat(readAll(client, "all", 3))
                    .allSatisfy((index, values) -> assertThat(values)
                            .containsExactlyElementsOf(IntStream.range(0, 70)
                                    .mapToObj(Integer::toString)
                                    .toList()));
        }
    }

    @Test
    void withoutMemoryToReadAheadAllIsReadWhenItIsAskedFor() throws IOException {
        topics.close();
        world.close();
        KafkaSettings usual = KafkaSettings.DEFAULTS;
        world = new KafkaWorld(
                new KafkaSettings(
                        "/",
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        1,
                        usual.requestBytes(),
                        usual.messageBytes(),
                        0,
                        Duration.ZERO),
                1);
        topics = new TestTopics(world);
        readEverything();
    }

    @Test
    void whoSeeksBackGetsWhatIsThere() throws IOException {
        topics.create("back");
        try (var client = world.connect()) {
            fill(client, "back", 1, BATCHES);
            for (long offset : new long[] {0, 10, 3, 50, 49, 0, 60, 20}) {
                assertThat(numbers(read(client, "back", offset))).startsWith((int) offset);
            }
        }
    }

    @Test
    void whatIsDeletedIsNotServedAlthoughItWasReadBefore() throws IOException {
        topics.create("deleted");
        try (var client = world.connect()) {
            fill(client, "deleted", 1, BATCHES);
            int next = numbers(read(client, "deleted", 0)).getLast() + 1;
            deleteBefore(client, "deleted", next + 1L);

            PartitionData found = read(client, "deleted", next);

            assertThat(found.errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
            assertThat(numbers(read(client, "deleted", next + 1L))).startsWith(next + 1);
        }
    }

    @Test
    void aTopicThatComesAgainHasNothingOfTheOneBefore() throws IOException {
        Topic topic = topics.create("again");
        try (var client = world.connect()) {
            fill(client, "again", 1, BATCHES);
            int next = numbers(read(client, "again", 0)).getLast() + 1;
            topics.delete(topic);
            assertThat(read(client, "again", next).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            topics.create("again");

            assertThat(read(client, "again", next).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
            append(client, "again", 0, "new");
            assertThat(valuesOf(read(client, "again", 0))).containsExactly("new");
        }
    }

    @Test
    void whoTakesLessThanBeforeGetsWhatFits() throws IOException {
        topics.create("less");
        try (var client = world.connect()) {
            fill(client, "less", 1, BATCHES);
            int next = numbers(read(client, "less", 0)).getLast() + 1;
            FetchPartition small = partition(0, next).setPartitionMaxBytes(250_000);

            PartitionData found = only(client.ask(request(12, fetch(0, topic("less", small))), FetchResponse.class));

            assertThat(numbers(found)).containsExactly(next, next + 1);
        }
    }

    @Test
    void aConnectionThatEndsWhileSomethingIsReadForItHurtsNobody() throws IOException {
        topics.create("gone");
        try (var client = world.connect()) {
            fill(client, "gone", 1, BATCHES);
        }
        for (int i = 0; i < 20; i++) {
            try (var client = world.connect()) {
                assertThat(numbers(read(client, "gone", i))).startsWith(i);
            }
        }
    }

    @Test
    @Timeout(30)
    void whatWasReadForAClientIsGivenBackWhenItGoes() throws IOException {
        topics.create("left");
        try (var client = world.connect()) {
            fill(client, "left", 1, BATCHES);
            read(client, "left", 0);
            // What follows, for the next request.
            await(() -> world.heldForClients() > 0);
        }
        await(() -> world.heldForClients() == 0);
    }

    /// Until the test's time is over.
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void whoGoesInTheMiddleOfALargeAnswerLeavesNothing() throws IOException {
        topics.create("large", 4, Map.of());
        try (var client = world.connect()) {
            fill(client, "large", 4, 60);
        }
        for (int i = 0; i < 30; i++) {
            try (var client = world.connect()) {
                for (int sent = 0; sent <= i % 3; sent++) {
                    client.send(request(
                            12, fetch(0, topic("large", partition(0, i), partition(1, i), partition(2, i)))));
                }
                client.readSome(i * 40_000);
            }
        }
        try (var client = world.connect()) {
            assertThat(numbers(read(client, "large", 7))).startsWith(7);
        }
    }

    @Test
    void aSessionGoesOnWhereItWas() throws IOException {
        topics.create("session", 2, Map.of());
        try (var client = world.connect()) {
            fill(client, "session", 2, 100);
            var first = topic("session", partition(0, 0), partition(1, 0));
            var answer = client.ask(request(12, fetch(0, first).setSessionEpoch(0)), FetchResponse.class);
            int session = answer.sessionId();
            List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>());
            for (int epoch = 1; seen.get(0).size() + seen.get(1).size() < 200; epoch++) {
                take(answer, seen);
                var next = topic("session", next(0, seen), next(1, seen));
                answer = client.ask(
                        request(12, fetch(0, next).setSessionId(session).setSessionEpoch(epoch)), FetchResponse.class);
            }
            assertThat(seen)
                    .allSatisfy(numbers -> assertThat(numbers)
                            .containsExactlyElementsOf(
                                    IntStream.range(0, 100).boxed().toList()));
        }
    }

    private static FetchPartition next(int index, List<List<Integer>> seen) {
        return partition(index, seen.get(index).size());
    }

    private static void take(FetchResponse answer, List<List<Integer>> seen) {
        for (var topic : answer.data().responses()) {
            for (PartitionData found : topic.partitions()) {
                assertThat(found.errorCode()).isZero();
                seen.get(found.partitionIndex()).addAll(numbers(found));
            }
        }
    }

    /// Of each partition all values, without a session.
    private static Map<Integer, List<String>> readAll(RawKafka client, String topic, int partitions)
            throws IOException {
        var all = new HashMap<Integer, List<String>>();
        boolean hasMore = true;
        while (hasMore) {
            var wanted = IntStream.range(0, partitions)
                    .mapToObj(i -> partition(
                            i, all.computeIfAbsent(i, _ -> new ArrayList<>()).size()))
                    .toArray(FetchPartition[]::new);
            var answer = client.ask(request(12, fetch(0, topic(topic, wanted))), FetchResponse.class);
            hasMore = false;
            for (PartitionData found : answer.data().responses().getFirst().partitions()) {
                assertThat(found.errorCode()).isZero();
                List<Integer> numbers = numbers(found);
                numbers.forEach(number -> all.computeIfAbsent(found.partitionIndex(), _ -> new ArrayList<>())
                        .add(Integer.toString(number)));
                hasMore |= !numbers.isEmpty();
            }
        }
        return all;
    }

    private static PartitionData read(RawKafka client, String topic, long offset) throws IOException {
        return only(client.ask(request(12, fetch(0, topic(topic, partition(0, offset)))), FetchResponse.class));
    }

    /// More than is kept in memory: each batch has one record, which says its offset.
    private static void fill(RawKafka client, String topic, int partitions, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            for (int index = 0; index < partitions; index++) {
                append(client, topic, index, i + " " + PADDING);
            }
        }
    }

    private static List<Integer> numbers(PartitionData found) {
        return valuesOf(found).stream()
                .map(value -> Integer.parseInt(value.substring(0, value.indexOf(' '))))
                .toList();
    }

    private static void append(RawKafka client, String topic, int partition, String value) throws IOException {
        assertThat(only(client.ask(produce(9, -1, topic, partition, records(value)), ProduceResponse.class))
                        .errorCode())
                .isZero();
    }

    private static void deleteBefore(RawKafka client, String topic, long offset) throws IOException {
        var data = new DeleteRecordsRequestData()
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
        client.ask(new DeleteRecordsRequest.Builder(data).build((short) 2));
    }
}
