package io.posthorn.protocol.kafka.fetch;

import static io.posthorn.protocol.kafka.TestRequests.only;
import static io.posthorn.protocol.kafka.TestRequests.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OffsetsHandlerTest {
    private static final long TIME = System.currentTimeMillis();

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
    void bothEndsAreListedInEveryVersionThatIsServed() throws IOException {
        topics.create("ends");
        try (var client = world.connect()) {
            append(client, "ends", TIME, TIME + 1, TIME + 2);
            for (short version = 1; version <= 11; version++) {
                var latest = list(client, version, "ends", ListOffsetsRequest.LATEST_TIMESTAMP);
                var earliest = list(client, version, "ends", ListOffsetsRequest.EARLIEST_TIMESTAMP);

                assertThat(latest.offset()).as("version " + version).isEqualTo(3);
                assertThat(latest.timestamp()).isEqualTo(-1);
                assertThat(earliest.offset()).isZero();
                assertThat(latest.leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
            }
        }
    }

    @Test
    void recordsAreFoundByTheirTimes() throws IOException {
        topics.create("times");
        try (var client = world.connect()) {
            append(client, "times", TIME, TIME + 10);
            append(client, "times", TIME + 30, TIME + 20);

            assertThat(list(client, 11, "times", TIME).offset()).isZero();
            assertThat(list(client, 11, "times", TIME + 5).offset()).isEqualTo(1);
            assertThat(list(client, 11, "times", TIME + 15).offset()).isEqualTo(2);
            assertThat(list(client, 11, "times", TIME + 15).timestamp()).isEqualTo(TIME + 30);
            assertThat(list(client, 11, "times", TIME + 31).offset()).isEqualTo(-1);
            assertThat(list(client, 11, "times", ListOffsetsRequest.MAX_TIMESTAMP)
                            .offset())
                    .isEqualTo(2);
        }
    }

    @Test
    void whatAVersionDoesNotKnowIsSaid() throws IOException {
        topics.create("unknown");
        try (var client = world.connect()) {
            assertThat(Errors.forCode(list(client, 6, "unknown", ListOffsetsRequest.MAX_TIMESTAMP)
                            .errorCode()))
                    .isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(Errors.forCode(list(client, 11, "nowhere", ListOffsetsRequest.LATEST_TIMESTAMP)
                            .errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            // There is no other storage to which anything was moved.
            var tiered = list(client, 11, "unknown", ListOffsetsRequest.LATEST_TIERED_TIMESTAMP);
            assertThat(tiered.errorCode()).isZero();
            assertThat(tiered.offset()).isEqualTo(-1);
        }
    }

    @Test
    void theOnlyEpochEndsWhereThePartitionDoes() throws IOException {
        topics.create("epoch");
        try (var client = world.connect()) {
            append(client, "epoch", TIME, TIME);
            var wanted = new OffsetForLeaderTopicCollection();
            wanted.add(new OffsetForLeaderTopic()
                    .setTopic("epoch")
                    .setPartitions(List.of(
                            new OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(0),
                            new OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(1))));

            var ends = client.ask(
                            OffsetsForLeaderEpochRequest.Builder.forConsumer(wanted)
                                    .build((short) 4),
                            OffsetsForLeaderEpochResponse.class)
                    .data()
                    .topics()
                    .iterator()
                    .next()
                    .partitions();

            assertThat(ends).extracting(end -> end.endOffset()).containsExactly(2L, -1L);
        }
    }

    @Test
    void recordsAreGivenUpToAnOffset() throws IOException {
        topics.create("given.up");
        topics.create("compacted", 1, Map.of("cleanup.policy", "compact"));
        try (var client = world.connect()) {
            append(client, "given.up", TIME, TIME, TIME);

            assertThat(delete(client, "given.up", 2).lowWatermark()).isEqualTo(2);
            assertThat(list(client, 11, "given.up", ListOffsetsRequest.EARLIEST_TIMESTAMP)
                            .offset())
                    .isEqualTo(2);
            assertThat(delete(client, "given.up", -1).lowWatermark()).isEqualTo(3);
            assertThat(Errors.forCode(delete(client, "given.up", 4).errorCode()))
                    .isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            assertThat(Errors.forCode(delete(client, "compacted", 0).errorCode()))
                    .isEqualTo(Errors.POLICY_VIOLATION);
        }
    }

    @Test
    void producersAreDescribed() throws IOException {
        topics.create("producers");
        var batch = MemoryRecords.withIdempotentRecords(
                Compression.NONE,
                77,
                (short) 3,
                0,
                new SimpleRecord(TIME, new byte[1]),
                new SimpleRecord(TIME, new byte[1]));
        try (var client = world.connect()) {
            client.ask(produce(9, -1, "producers", 0, batch), ProduceResponse.class);
            var data = new DescribeProducersRequestData();
            data.topics().add(new TopicRequest().setName("producers").setPartitionIndexes(List.of(0)));
            var request = new DescribeProducersRequest.Builder(data).build((short) 0);

            var producers = client.ask(request, DescribeProducersResponse.class)
                    .data()
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst();

            assertThat(producers.errorCode()).isZero();
            assertThat(producers.activeProducers()).singleElement().satisfies(producer -> {
                assertThat(producer.producerId()).isEqualTo(77);
                assertThat(producer.producerEpoch()).isEqualTo(3);
                assertThat(producer.lastSequence()).isEqualTo(1);
                assertThat(producer.currentTxnStartOffset()).isEqualTo(-1);
            });
        }
    }

    private static void append(RawKafka client, String topic, long... timestamps) throws IOException {
        var records = new SimpleRecord[timestamps.length];
        for (int i = 0; i < timestamps.length; i++) {
            records[i] = new SimpleRecord(timestamps[i], new byte[] {(byte) i});
        }
        assertThat(only(client.ask(
                                produce(9, -1, topic, 0, MemoryRecords.withRecords(Compression.NONE, records)),
                                ProduceResponse.class))
                        .errorCode())
                .isZero();
    }

    private static ListOffsetsPartitionResponse list(RawKafka client, int version, String topic, long timestamp)
            throws IOException {
        var wanted = new ListOffsetsTopic()
                .setName(topic)
                .setPartitions(
                        List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp)));
        var request = ListOffsetsRequest.Builder.forReplica((short) version, -1)
                .setTargetTimes(List.of(wanted))
                .build((short) version);
        return client.ask(request, ListOffsetsResponse.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    private static DeleteRecordsPartitionResult delete(RawKafka client, String topic, long offset) throws IOException {
        var data = new DeleteRecordsRequestData()
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
        return client.ask(new DeleteRecordsRequest.Builder(data).build((short) 2), DeleteRecordsResponse.class)
                .data()
                .topics()
                .find(topic)
                .partitions()
                .find(0);
    }
}
