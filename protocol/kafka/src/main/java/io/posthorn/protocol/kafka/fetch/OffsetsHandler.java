package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.Reply;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.TopicNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.jspecify.annotations.Nullable;

/// Answers what clients ask about offsets: where partitions begin and end, what was when, who
/// writes; and gives up what is before an offset.
public final class OffsetsHandler implements ApiHandler {
    private static final long UNKNOWN = -1;
    private static final short LEADER_EPOCH_VERSION = 4;

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(
                ApiKeys.LIST_OFFSETS,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                ApiKeys.DELETE_RECORDS,
                ApiKeys.DESCRIBE_PRODUCERS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        return switch (request.body()) {
            case ListOffsetsRequest body -> listOffsets(request, body);
            case OffsetsForLeaderEpochRequest body -> offsetsForLeaderEpoch(request, body);
            case DeleteRecordsRequest body -> deleteRecords(request, body);
            case DescribeProducersRequest body -> describeProducers(request, body);
            default -> throw new IllegalArgumentException(request.api() + " is not served here");
        };
    }

    /// A partition that was asked for, or why there is none.
    private record Found(@Nullable Topic topic, @Nullable Partition partition, Errors error) {
        static Found none(Errors error) {
            return new Found(null, null, error);
        }
    }

    /// @param anyOf one of these is enough
    private static Found find(Topics topics, String name, int index, Permission... anyOf) {
        boolean may = false;
        for (Permission permission : anyOf) {
            may |= topics.may(permission, name);
        }
        if (!may) {
            return Found.none(Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        Topic topic = topics.catalogue().named(name);
        if (topic == null || index < 0 || index >= topic.partitions().size()) {
            return Found.none(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return new Found(topic, topic.partitions().get(index), Errors.NONE);
    }

    // ---- ListOffsets

    private static CompletionStage<ListOffsetsResponse> listOffsets(KafkaRequest request, ListOffsetsRequest body) {
        var data = new ListOffsetsResponseData();
        var parts = new AllParts<>(new ListOffsetsResponse(data));
        Isolation isolation = FetchedPartition.isolation(body.data().isolationLevel());
        for (ListOffsetsTopic topic : body.topics()) {
            var answered = new ListOffsetsTopicResponse().setName(topic.name());
            data.topics().add(answered);
            for (ListOffsetsPartition wanted : topic.partitions()) {
                var response = new ListOffsetsPartitionResponse()
                        .setPartitionIndex(wanted.partitionIndex())
                        .setTimestamp(UNKNOWN)
                        .setOffset(UNKNOWN);
                answered.partitions().add(response);
                boolean isDouble = body.duplicatePartitions()
                        .contains(new org.apache.kafka.common.TopicPartition(topic.name(), wanted.partitionIndex()));
                if (isDouble) {
                    response.setErrorCode(Errors.INVALID_REQUEST.code());
                } else {
                    listOffset(request, topic.name(), wanted, isolation, response, parts);
                }
            }
        }
        return parts.allAsked();
    }

    private static void listOffset(
            KafkaRequest request,
            String topic,
            ListOffsetsPartition wanted,
            Isolation isolation,
            ListOffsetsPartitionResponse response,
            AllParts<?> parts) {
        Topics topics = request.topics();
        Found found =
                find(topics, topic, wanted.partitionIndex(), Permission.READ, Permission.WRITE, Permission.CONFIGURE);
        Errors error = found.error() == Errors.NONE ? check(request, wanted) : found.error();
        Partition partition = found.partition();
        if (error != Errors.NONE || partition == null) {
            response.setErrorCode(error.code());
            return;
        }
        if (wanted.timestamp() == ListOffsetsRequest.LATEST_TIMESTAMP) {
            say(request, response, partition.bounds().end(isolation), UNKNOWN);
        } else if (wanted.timestamp() == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || wanted.timestamp() == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            say(request, response, partition.bounds().start(), UNKNOWN);
        } else if (wanted.timestamp() == ListOffsetsRequest.MAX_TIMESTAMP) {
            topics.greatestTimestamp(partition, isolation, timed(request, response, parts));
        } else if (wanted.timestamp() >= 0) {
            topics.firstSince(partition, wanted.timestamp(), isolation, timed(request, response, parts));
        }
        // What is left asks for what lies in other storage, of which there is none: unknown.
    }

    private static Errors check(KafkaRequest request, ListOffsetsPartition wanted) {
        long timestamp = wanted.timestamp();
        boolean isKnown = timestamp >= ListOffsetsRequest.EARLIEST_TIMESTAMP
                || (timestamp == ListOffsetsRequest.MAX_TIMESTAMP && request.version() >= 7)
                || (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP && request.version() >= 8)
                || (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP && request.version() >= 9)
                || (timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP && request.version() >= 11);
        return isKnown ? LeaderEpoch.check(wanted.currentLeaderEpoch()) : Errors.UNSUPPORTED_VERSION;
    }

    private static Reply<Optional<TimedOffset>> timed(
            KafkaRequest request, ListOffsetsPartitionResponse response, AllParts<?> parts) {
        return parts.one(
                found -> found.ifPresent(one -> say(request, response, one.offset(), one.timestamp())),
                error -> response.setErrorCode(error.code()));
    }

    // A field that the version does not have must not be set, not even to what it is by default.
    private static void say(KafkaRequest request, ListOffsetsPartitionResponse response, long offset, long timestamp) {
        response.setOffset(offset).setTimestamp(timestamp);
        if (request.version() >= LEADER_EPOCH_VERSION) {
            response.setLeaderEpoch(LeaderEpoch.CURRENT);
        }
    }

    // ---- OffsetForLeaderEpoch

    private static CompletionStage<OffsetsForLeaderEpochResponse> offsetsForLeaderEpoch(
            KafkaRequest request, OffsetsForLeaderEpochRequest body) {
        var data = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : body.data().topics()) {
            var answered = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            data.topics().add(answered);
            for (OffsetForLeaderPartition wanted : topic.partitions()) {
                answered.partitions().add(endOf(request.topics(), topic.topic(), wanted));
            }
        }
        return java.util.concurrent.CompletableFuture.completedStage(new OffsetsForLeaderEpochResponse(data));
    }

    private static EpochEndOffset endOf(Topics topics, String topic, OffsetForLeaderPartition wanted) {
        var end = new EpochEndOffset().setPartition(wanted.partition());
        Found found = find(topics, topic, wanted.partition(), Permission.READ, Permission.WRITE, Permission.CONFIGURE);
        Errors error = found.error() == Errors.NONE ? LeaderEpoch.check(wanted.currentLeaderEpoch()) : found.error();
        Partition partition = found.partition();
        if (error != Errors.NONE || partition == null) {
            return end.setErrorCode(error.code());
        }
        // There never was another epoch.
        if (wanted.leaderEpoch() == LeaderEpoch.CURRENT) {
            end.setLeaderEpoch(LeaderEpoch.CURRENT)
                    .setEndOffset(partition.bounds().highWatermark());
        }
        return end;
    }

    // ---- DeleteRecords

    private static CompletionStage<DeleteRecordsResponse> deleteRecords(
            KafkaRequest request, DeleteRecordsRequest body) {
        var data = new DeleteRecordsResponseData();
        var parts = new AllParts<>(new DeleteRecordsResponse(data));
        for (DeleteRecordsTopic topic : body.data().topics()) {
            var answered = new DeleteRecordsTopicResult().setName(topic.name());
            data.topics().add(answered);
            for (DeleteRecordsPartition wanted : topic.partitions()) {
                var result = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(wanted.partitionIndex())
                        .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
                answered.partitions().add(result);
                deleteRecords(request, topic.name(), wanted, result, parts);
            }
        }
        return parts.allAsked();
    }

    private static void deleteRecords(
            KafkaRequest request,
            String name,
            DeleteRecordsPartition wanted,
            DeleteRecordsPartitionResult result,
            AllParts<?> parts) {
        Topics topics = request.topics();
        Found found = find(topics, name, wanted.partitionIndex(), Permission.READ);
        Topic topic = found.topic();
        Partition partition = found.partition();
        if (topic == null || partition == null) {
            result.setErrorCode(found.error().code());
        } else if (TopicNames.isInternal(name)) {
            result.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        } else if (TopicConfig.CLEANUP_POLICY_COMPACT.equals(topic.config().get(TopicConfig.CLEANUP_POLICY_CONFIG))) {
            // What only compaction removes, nobody does.
            result.setErrorCode(Errors.POLICY_VIOLATION.code());
        } else if (wanted.offset() < DeleteRecordsRequest.HIGH_WATERMARK) {
            result.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
        } else {
            topics.deleteBefore(
                    partition,
                    wanted.offset(),
                    parts.one(result::setLowWatermark, error -> result.setErrorCode(error.code())));
        }
    }

    // ---- DescribeProducers

    private static CompletionStage<DescribeProducersResponse> describeProducers(
            KafkaRequest request, DescribeProducersRequest body) {
        var data = new DescribeProducersResponseData();
        var parts = new AllParts<>(new DescribeProducersResponse(data));
        for (TopicRequest topic : body.data().topics()) {
            var answered = new TopicResponse().setName(topic.name());
            data.topics().add(answered);
            for (int index : topic.partitionIndexes()) {
                var response = new PartitionResponse().setPartitionIndex(index);
                answered.partitions().add(response);
                Found found = find(request.topics(), topic.name(), index, Permission.READ);
                Partition partition = found.partition();
                if (partition == null) {
                    response.setErrorCode(found.error().code());
                } else {
                    request.topics()
                            .producers(
                                    partition,
                                    parts.one(
                                            producers -> response.setActiveProducers(states(producers)),
                                            error -> response.setErrorCode(error.code())));
                }
            }
        }
        return parts.allAsked();
    }

    private static List<ProducerState> states(List<ProducerStatus> producers) {
        return producers.stream()
                .map(producer -> new ProducerState()
                        .setProducerId(producer.producerId())
                        .setProducerEpoch(producer.epoch())
                        .setLastSequence(producer.lastSequence())
                        .setLastTimestamp(producer.lastTimestamp())
                        .setCoordinatorEpoch(producer.coordinatorEpoch())
                        .setCurrentTxnStartOffset(producer.transactionStart()))
                .toList();
    }
}
