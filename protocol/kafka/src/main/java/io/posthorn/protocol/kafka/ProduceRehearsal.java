package io.posthorn.protocol.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.ProduceRequest;

/// A producer at work, for a JVM that keeps what it learns: which code is hot, and which ways through it are taken. A
/// compiler that has only seen one request guesses wrong, and has to begin again under the first load, where it takes
/// more of a processor than the load itself.
final class ProduceRehearsal {
    private static final String TOPIC = "rehearsal-of-producers";
    private static final int PARTITIONS = 12;
    private static final int RECORDS = 20;
    private static final int VALUE_BYTES = 100;
    private static final long PRODUCER = 1;

    /// So many are on their way at once, so that they share a sync.
    private static final int AT_ONCE = 16;

    private final Conversation conversation;
    private final long now;

    /// Of the one producer that numbers its batches.
    private int sequence;

    /// @param now in milliseconds since the epoch
    ProduceRehearsal(Conversation conversation, long now) {
        this.conversation = conversation;
        this.now = now;
    }

    void perform(int rounds) throws IOException {
        conversation.exchange(List.of(topic()));
        for (int i = 0; i < rounds; i++) {
            conversation.exchange(burst());
        }
    }

    private static AbstractRequest topic() {
        var topics = new CreateTopicsRequestData.CreatableTopicCollection();
        topics.add(
                new CreatableTopic().setName(TOPIC).setNumPartitions(PARTITIONS).setReplicationFactor((short) 1));
        return new CreateTopicsRequest.Builder(new CreateTopicsRequestData().setTopics(topics)).build((short) 7);
    }

    /// Full batches for all partitions, answered at once; and single records of one who waits until they are kept.
    private List<AbstractRequest> burst() {
        var burst = new ArrayList<AbstractRequest>();
        for (int i = 0; i < AT_ONCE; i++) {
            burst.add(i % 4 == 0 ? toAll() : one());
        }
        return burst;
    }

    private AbstractRequest toAll() {
        var parts = new ArrayList<PartitionProduceData>();
        for (int i = 0; i < PARTITIONS; i++) {
            parts.add(part(i, MemoryRecords.withRecords(Compression.NONE, records(RECORDS))));
        }
        return produce((short) 1, parts);
    }

    private AbstractRequest one() {
        var records =
                MemoryRecords.withIdempotentRecords(Compression.NONE, PRODUCER, (short) 0, sequence++, records(1));
        return produce((short) -1, List.of(part(0, records)));
    }

    private SimpleRecord[] records(int count) {
        var value = "x".repeat(VALUE_BYTES).getBytes(StandardCharsets.UTF_8);
        var records = new SimpleRecord[count];
        Arrays.setAll(records, _ -> new SimpleRecord(now, value));
        return records;
    }

    private static PartitionProduceData part(int index, MemoryRecords records) {
        return new PartitionProduceData().setIndex(index).setRecords(records);
    }

    private static AbstractRequest produce(short acks, List<PartitionProduceData> parts) {
        var data = new ProduceRequestData().setAcks(acks).setTimeoutMs(30_000);
        data.topicData().add(new TopicProduceData().setName(TOPIC).setPartitionData(parts));
        return new ProduceRequest(data, (short) 12);
    }
}
