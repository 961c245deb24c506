package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/// Where partitions end, for lags that the coordinator tells.
record LatestOffsets(Topics topics) implements PartitionMetadataClient {
    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        return partitions.stream()
                .collect(Collectors.toMap(
                        Function.identity(), partition -> CompletableFuture.completedFuture(latest(partition))));
    }

    private OffsetResponse latest(TopicPartition wanted) {
        Topic topic = topics.catalogue().named(wanted.topic());
        if (topic == null || wanted.partition() >= topic.partitions().size()) {
            return new OffsetResponse(-1, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return new OffsetResponse(
                topic.partitions().get(wanted.partition()).bounds().highWatermark(), Errors.NONE);
    }

    @Override
    public void close() {}
}
