package io.posthorn.protocol.kafka.metadata;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;

/// Answers `DescribeTopicPartitions`: topics in pages of partitions, in the order of their names.
public final class DescribeTopicsHandler implements ApiHandler {
    /// Kafka's `max.request.partition.size.limit`.
    private static final int MOST_PARTITIONS = 2_000;

    private static final List<Integer> THIS_NODE = List.of(KafkaSettings.NODE_ID);

    private final Surroundings surroundings;

    public DescribeTopicsHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
    }

    @Override
    public CompletableFuture<DescribeTopicPartitionsResponse> handle(KafkaRequest request) {
        var asked = request.body(DescribeTopicPartitionsRequest.class).data();
        KafkaRights rights = KafkaRights.of(request, surroundings);
        Catalogue catalogue = request.topics().catalogue();
        if (asked.topics().isEmpty()) {
            // There may be many.
            return CompletableFuture.supplyAsync(
                    () -> new Page(asked, catalogue, rights).answer(), surroundings.blocking());
        }
        return CompletableFuture.completedFuture(new Page(asked, catalogue, rights).answer());
    }

    /// One answer as it is put together.
    private final class Page {
        private final DescribeTopicPartitionsRequestData asked;
        private final Catalogue catalogue;
        private final KafkaRights rights;
        private final boolean isAll;
        private final String fromTopic;
        private final int fromPartition;
        private final DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        private int left;

        private Page(DescribeTopicPartitionsRequestData asked, Catalogue catalogue, KafkaRights rights) {
            this.asked = asked;
            this.catalogue = catalogue;
            this.rights = rights;
            this.isAll = asked.topics().isEmpty();
            this.fromTopic = asked.cursor() == null ? "" : asked.cursor().topicName();
            this.fromPartition = asked.cursor() == null ? 0 : asked.cursor().partitionIndex();
            this.left = Math.clamp(asked.responsePartitionLimit(), 1, MOST_PARTITIONS);
        }

        private DescribeTopicPartitionsResponse answer() {
            if (fromPartition < 0) {
                throw new InvalidRequestException("a cursor cannot stand before the first partition");
            }
            List<DescribeTopicPartitionsResponseTopic> refused = new ArrayList<>();
            for (String name : names()) {
                if (!rights.maySee(name)) {
                    if (!isAll) {
                        refused.add(refused(name, Errors.TOPIC_AUTHORIZATION_FAILED));
                    }
                } else if (left == 0) {
                    answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
                    break;
                } else if (!add(name)) {
                    break;
                }
            }
            answer.topics().addAll(refused);
            return new DescribeTopicPartitionsResponse(answer);
        }

        private Set<String> names() {
            var names = new TreeSet<String>();
            if (isAll) {
                catalogue.topics().forEach(topic -> names.add(topic.name()));
            } else {
                for (TopicRequest topic : asked.topics()) {
                    names.add(topic.name());
                }
                if (asked.cursor() != null && !names.contains(fromTopic)) {
                    throw new InvalidRequestException("the cursor stands at a topic that is not asked for");
                }
            }
            return names.tailSet(fromTopic);
        }

        /// @return whether there is room for more
        private boolean add(String name) {
            Topic topic = catalogue.named(name);
            if (topic == null) {
                if (!isAll) {
                    answer.topics().add(refused(name, missing(name)));
                }
                return true;
            }
            int from = name.equals(fromTopic) ? fromPartition : 0;
            int until = Math.min(topic.partitions().size(), from + left);
            answer.topics().add(described(topic, from, until));
            left -= Math.max(0, until - from);
            if (until < topic.partitions().size()) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(until));
                return false;
            }
            return true;
        }

        private static Errors missing(String name) {
            return TopicNames.fault(name).isPresent()
                    ? Errors.INVALID_TOPIC_EXCEPTION
                    : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }

        private DescribeTopicPartitionsResponseTopic refused(String name, Errors error) {
            return new DescribeTopicPartitionsResponseTopic()
                    .setErrorCode(error.code())
                    .setName(name)
                    .setIsInternal(TopicNames.isInternal(name));
        }

        private DescribeTopicPartitionsResponseTopic described(Topic topic, int from, int until) {
            List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
            for (int i = from; i < until; i++) {
                partitions.add(new DescribeTopicPartitionsResponsePartition()
                        .setPartitionIndex(i)
                        .setLeaderId(KafkaSettings.NODE_ID)
                        .setLeaderEpoch(0)
                        .setReplicaNodes(THIS_NODE)
                        .setIsrNodes(THIS_NODE)
                        // Not null, which clients do not survive.
                        .setEligibleLeaderReplicas(List.of())
                        .setLastKnownElr(List.of())
                        .setOfflineReplicas(List.of()));
            }
            return new DescribeTopicPartitionsResponseTopic()
                    .setName(topic.name())
                    .setTopicId(surroundings.cluster().idOf(topic))
                    .setIsInternal(TopicNames.isInternal(topic.name()))
                    .setTopicAuthorizedOperations(rights.operationsOnTopic(topic.name()))
                    .setPartitions(partitions);
        }
    }
}
