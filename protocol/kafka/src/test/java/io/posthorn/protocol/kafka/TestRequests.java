package io.posthorn.protocol.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.Nullable;

/// Requests that move records, as tests say them, and what is in their answers.
public final class TestRequests {
    private static final short TOPIC_IDS_IN_PRODUCE = 13;
    private static final short TOPIC_IDS_IN_FETCH = 13;

    private TestRequests() {}

    public static MemoryRecords records(String... values) {
        return records(Compression.NONE, values);
    }

    public static MemoryRecords records(Compression compression, String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(
                    System.currentTimeMillis(),
                    ("k" + i).getBytes(StandardCharsets.UTF_8),
                    values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(compression, records);
    }

    public static ProduceRequest produce(
            int version, int acks, String topic, int partition, @Nullable BaseRecords records) {
        return produce(version, acks, topic, Uuid.ZERO_UUID, partition, records);
    }

    /// @param topicId where the version says no names
    public static ProduceRequest produce(
            int version, int acks, String topic, Uuid topicId, int partition, @Nullable BaseRecords records) {
        boolean byId = version >= TOPIC_IDS_IN_PRODUCE;
        var data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(10_000);
        data.topicData()
                .add(new TopicProduceData()
                        .setName(byId ? "" : topic)
                        .setTopicId(byId ? topicId : Uuid.ZERO_UUID)
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        return new ProduceRequest(data, (short) version);
    }

    public static PartitionProduceResponse only(ProduceResponse response) {
        return response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
    }

    /// A fetch without a session.
    public static FetchRequestData fetch(int maxWaitMs, FetchTopic... topics) {
        return new FetchRequestData()
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(50 * 1024 * 1024)
                .setSessionEpoch(-1)
                .setTopics(List.of(topics));
    }

    public static FetchTopic topic(String name, FetchPartition... partitions) {
        return new FetchTopic().setTopic(name).setPartitions(List.of(partitions));
    }

    public static FetchTopic topic(Uuid id, FetchPartition... partitions) {
        return new FetchTopic().setTopicId(id).setPartitions(List.of(partitions));
    }

    public static FetchPartition partition(int index, long offset) {
        return new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(1024 * 1024);
    }

    public static FetchRequest request(int version, FetchRequestData data) {
        boolean byId = version >= TOPIC_IDS_IN_FETCH;
        assert data.topics().stream().allMatch(topic -> byId == topic.topic().isEmpty());
        return FetchRequest.parse(MessageUtil.toByteBufferAccessor(data, (short) version), (short) version);
    }

    public static PartitionData only(FetchResponse response) {
        return response.data().responses().getFirst().partitions().getFirst();
    }

    public static List<String> valuesOf(PartitionData partition) {
        var values = new ArrayList<String>();
        for (Record record : ((Records) partition.records()).records()) {
            values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
        return values;
    }
}
