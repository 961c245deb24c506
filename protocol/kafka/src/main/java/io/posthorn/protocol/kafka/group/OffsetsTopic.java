package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.jspecify.annotations.Nullable;

/// Where groups are kept, `__consumer_offsets`: a topic like any other, in Kafka's own format.
///
/// It keeps the number of partitions that it was made with, since a group's name decides where it is kept.
record OffsetsTopic(List<Partition> partitions) {
    static final String NAME = org.apache.kafka.common.internals.Topic.GROUP_METADATA_TOPIC_NAME;

    /// Kafka makes 50, to spread them over many nodes. On one node they spread over shards only, while each of them
    /// costs its own timers and its own share of every change of a topic.
    static final int PARTITIONS = 8;

    private static final Map<String, String> CONFIG = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.COMPRESSION_TYPE_CONFIG,
            "producer",
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(100 * 1024 * 1024));

    /// Finds it, or makes it. Blocks.
    ///
    /// @throws BrokerException when it cannot be made
    static OffsetsTopic of(CoordinatorSession session) {
        Topic there = find(session);
        if (there == null) {
            try {
                there = session.create(new TopicSpec(NAME, PARTITIONS, CONFIG));
            } catch (BrokerException.AlreadyExists e) {
                there = find(session);
                if (there == null) {
                    throw e;
                }
            }
        }
        return new OffsetsTopic(there.partitions());
    }

    private static @Nullable Topic find(CoordinatorSession session) {
        return session.topics().catalogue().named(NAME);
    }

    /// @param action once it is gone, with its virtual host, perhaps more than once; on the thread of a shard
    void whenDeleted(Runnable action) {
        CoordinatorSession.whenDeleted(partitions.getFirst(), action);
    }

    /// @throws NotLeaderOrFollowerException when there is no such partition
    Partition partition(TopicPartition wanted) {
        if (!wanted.topic().equals(NAME) || wanted.partition() >= partitions.size()) {
            throw new NotLeaderOrFollowerException("there is no " + wanted);
        }
        return partitions.get(wanted.partition());
    }
}
