package io.posthorn.protocol.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceRequest;

/// A client's first requests, for a JVM that keeps what it learns by them for later starts.
public final class KafkaRehearsal {
    private static final String TOPIC = "rehearsal";

    private KafkaRehearsal() {}

    /// Creates a topic, produces to it and fetches from it; then lets a producer be at work for a while.
    ///
    /// @param now in milliseconds since the epoch
    /// @param rounds of the producer
    public static void perform(InetSocketAddress server, long now, int rounds) throws IOException {
        try (var conversation = new Conversation(server, TOPIC)) {
            for (AbstractRequest request :
                    List.of(versions(), metadata(), produce(), fetch(), findCoordinator(), describeConfigs())) {
                conversation.exchange(List.of(request));
            }
            new ProduceRehearsal(conversation, now).perform(rounds);
        }
    }

    private static AbstractRequest versions() {
        return new ApiVersionsRequest.Builder().build((short) 4);
    }

    private static AbstractRequest metadata() {
        var topics = List.of(new MetadataRequestTopic().setName(TOPIC));
        return new MetadataRequest(
                new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(true), (short) 12);
    }

    private static AbstractRequest produce() {
        var record = new SimpleRecord(TOPIC.getBytes(StandardCharsets.UTF_8));
        var data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        data.topicData()
                .add(new TopicProduceData()
                        .setName(TOPIC)
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setIndex(0)
                                .setRecords(MemoryRecords.withRecords(Compression.NONE, record)))));
        return new ProduceRequest(data, (short) 9);
    }

    private static AbstractRequest fetch() {
        var partition = new FetchPartition().setPartition(0).setPartitionMaxBytes(1 << 20);
        var data = new FetchRequestData()
                .setMaxWaitMs(100)
                .setMinBytes(1)
                .setTopics(List.of(new FetchTopic().setTopic(TOPIC).setPartitions(List.of(partition))));
        return new FetchRequest(data, (short) 12);
    }

    private static AbstractRequest findCoordinator() {
        return new FindCoordinatorRequest.Builder(
                        new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(TOPIC)))
                .build((short) 4);
    }

    private static AbstractRequest describeConfigs() {
        var topic = new DescribeConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(TOPIC);
        return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData().setResources(List.of(topic)))
                .build((short) 4);
    }
}
