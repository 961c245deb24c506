package io.posthorn.protocol.kafka.produce;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProduceHandlerTest {
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
    void recordsComeBackInEveryVersionThatIsServed() throws IOException {
        Topic topic = topics.create("versions");
        try (var client = world.connect()) {
            var sent = new ArrayList<String>();
            for (int version = 3; version <= 13; version++) {
                String value = "version " + version;
                var answer = only(client.ask(
                        produce(version, -1, "versions", topics.idOf(topic), 0, records(value)),
                        ProduceResponse.class));

                assertThat(answer.errorCode()).as(value).isZero();
                assertThat(answer.baseOffset()).isEqualTo(sent.size());
                sent.add(value);
            }
            assertThat(all(client, "versions")).isEqualTo(sent);
        }
    }

    @Test
    void everyWayToAcknowledgeAppends() throws IOException {
        topics.create("acks");
        try (var client = world.connect()) {
            client.send(produce(9, 0, "acks", 0, records("none")));
            assertThat(only(client.ask(produce(9, 1, "acks", 0, records("one")), ProduceResponse.class))
                            .baseOffset())
                    .isEqualTo(1);
            assertThat(only(client.ask(produce(9, -1, "acks", 0, records("all")), ProduceResponse.class))
                            .baseOffset())
                    .isEqualTo(2);
            assertThat(only(client.ask(produce(9, 2, "acks", 0, records("two")), ProduceResponse.class))
                            .errorCode())
                    .isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());

            assertThat(all(client, "acks")).containsExactly("none", "one", "all");
        }
    }

    @Test
    void whatNobodyWaitsForEndsTheConnectionWhenItFails() throws IOException {
        try (var client = world.connect()) {
            client.send(produce(9, 0, "nowhere", 0, records("lost")));

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void aTopicThatIsNotThereIsSaidByNameAndById() throws IOException {
        topics.create("one");
        try (var client = world.connect()) {
            assertThat(error(client, produce(9, 1, "nowhere", 0, records("v"))))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, produce(9, 1, "one", 1, records("v"))))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, produce(9, 1, "one", -1, records("v"))))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, produce(13, 1, "", Uuid.randomUuid(), 0, records("v"))))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        }
    }

    @Test
    void aPartitionWithoutRecordsIsRefused() throws IOException {
        topics.create("empty");
        try (var client = world.connect()) {
            assertThat(error(client, produce(9, 1, "empty", 0, null))).isEqualTo(Errors.INVALID_RECORD);
            assertThat(error(client, produce(9, 1, "nowhere", 0, null))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(error(client, produce(9, 1, "empty", 0, MemoryRecords.EMPTY)))
                    .isEqualTo(Errors.INVALID_RECORD);

            assertThat(all(client, "empty")).isEmpty();
        }
    }

    @Test
    void theCoordinatorsOwnTopicsAreNotForProducers() throws IOException {
        topics.create("__consumer_offsets");
        try (var client = world.connect()) {
            assertThat(error(client, produce(9, 1, "__consumer_offsets", 0, records("v"))))
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        }
    }

    @Test
    void badRecordsAreRefusedAndThoseBesideThemAreNot() throws IOException {
        topics.create("beside", 2, Map.of());
        MemoryRecords broken = records("broken");
        broken.buffer().put(broken.sizeInBytes() - 1, (byte) 99);
        try (var client = world.connect()) {
            var request = produce(9, -1, "beside", 0, broken);
            request.data()
                    .topicData()
                    .iterator()
                    .next()
                    .setPartitionData(List.of(
                            new org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData()
                                    .setIndex(0)
                                    .setRecords(broken),
                            new org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData()
                                    .setIndex(1)
                                    .setRecords(records("good"))));
            var answers = client.ask(request, ProduceResponse.class)
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses();

            assertThat(answers)
                    .extracting(one -> one.errorCode())
                    .containsExactly(Errors.CORRUPT_MESSAGE.code(), (short) 0);
            var fetched = client.ask(
                    request(4, fetch(0, topic("beside", partition(0, 0), partition(1, 0)))), FetchResponse.class);
            assertThat(fetched.data().responses().getFirst().partitions())
                    .extracting(one -> valuesOf(one))
                    .containsExactly(List.of(), List.of("good"));
        }
    }

    @Test
    void compressedBatchesOfEverySizeKeepTheOrderOfTheirRequests() throws IOException {
        topics.create("order");
        var random = new Random(1);
        var sent = new ArrayList<String>();
        var headers = new ArrayList<RequestHeader>();
        try (var client = world.connect()) {
            for (int i = 0; i < 60; i++) {
                // Large ones are opened on another thread, and small ones behind them must not overtake.
                byte[] noise = new byte[i % 3 == 0 ? 300_000 : 10];
                random.nextBytes(noise);
                CompressionType codec = List.of(CompressionType.values()).get(i % 5);
                var batch = MemoryRecords.withRecords(
                        Compression.of(codec).build(),
                        new SimpleRecord(System.currentTimeMillis(), ("v" + i).getBytes(StandardCharsets.UTF_8), noise),
                        new SimpleRecord(
                                System.currentTimeMillis(), ("w" + i).getBytes(StandardCharsets.UTF_8), new byte[1]));
                sent.add("v" + i);
                sent.add("w" + i);
                headers.add(client.send(produce(9, 1, "order", 0, batch)));
            }
            for (int i = 0; i < headers.size(); i++) {
                var answer = only((ProduceResponse) client.answer(headers.get(i)));
                assertThat(answer.errorCode()).as("request " + i).isZero();
                assertThat(answer.baseOffset()).isEqualTo(2L * i);
            }
            assertThat(keys(client, "order")).isEqualTo(sent);
        }
    }

    @Test
    void aTopicOfWorkKeepsRecordsOpen() throws IOException {
        topics.create("opened", 1, Map.of("compression.type", "uncompressed"));
        try (var client = world.connect()) {
            assertThat(error(
                            client,
                            produce(
                                    9,
                                    -1,
                                    "opened",
                                    0,
                                    records(Compression.lz4().build(), "a", "b"))))
                    .isEqualTo(Errors.NONE);

            var fetched = only(client.ask(request(4, fetch(0, topic("opened", partition(0, 0)))), FetchResponse.class));
            assertThat(valuesOf(fetched)).containsExactly("a", "b");
            assertThat(((MemoryRecords) fetched.records())
                            .batches()
                            .iterator()
                            .next()
                            .isCompressed())
                    .isFalse();
        }
    }

    @Test
    void transactionalBatchesNeedATransaction() throws IOException {
        topics.create("transactional");
        var batch = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                1,
                (short) 0,
                0,
                new SimpleRecord(System.currentTimeMillis(), "v".getBytes(StandardCharsets.UTF_8)));
        try (var client = world.connect()) {
            assertThat(error(client, produce(9, -1, "transactional", 0, batch)))
                    .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
    }

    private static Errors error(RawKafka client, org.apache.kafka.common.requests.ProduceRequest request)
            throws IOException {
        return Errors.forCode(only(client.ask(request, ProduceResponse.class)).errorCode());
    }

    private static List<String> all(RawKafka client, String topic) throws IOException {
        return valuesOf(only(client.ask(request(4, fetch(0, topic(topic, partition(0, 0)))), FetchResponse.class)));
    }

    private static List<String> keys(RawKafka client, String topic) throws IOException {
        var keys = new ArrayList<String>();
        long offset = 0;
        while (true) {
            var found = only(client.ask(request(4, fetch(0, topic(topic, partition(0, offset)))), FetchResponse.class));
            assertThat(found.errorCode()).isZero();
            boolean any = false;
            for (var record : ((org.apache.kafka.common.record.internal.Records) found.records()).records()) {
                if (record.offset() >= offset) {
                    keys.add(java.nio.charset.StandardCharsets.UTF_8
                            .decode(record.key())
                            .toString());
                    offset = record.offset() + 1;
                    any = true;
                }
            }
            if (!any) {
                return keys;
            }
        }
    }
}
