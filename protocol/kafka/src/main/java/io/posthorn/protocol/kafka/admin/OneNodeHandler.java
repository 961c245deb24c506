package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import io.posthorn.protocol.kafka.metadata.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;

/// Answers what only clusters of several nodes have to think about. There is one node: it leads everything,
/// nothing moves, and nothing has to be elected.
public final class OneNodeHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final NodeAddress node;
    private final KeptGroupConfigs kept;

    public OneNodeHandler(Surroundings surroundings, KeptGroupConfigs kept) {
        this.surroundings = surroundings;
        this.kept = kept;
        this.node = new NodeAddress(surroundings.settings());
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(
                ApiKeys.DESCRIBE_QUORUM,
                ApiKeys.ELECT_LEADERS,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                ApiKeys.ALTER_REPLICA_LOG_DIRS,
                ApiKeys.UPDATE_FEATURES,
                ApiKeys.LIST_CONFIG_RESOURCES);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        KafkaRights rights = KafkaRights.of(request, surroundings);
        boolean mayAsk = switch (request.api()) {
            case DESCRIBE_QUORUM, LIST_PARTITION_REASSIGNMENTS, LIST_CONFIG_RESOURCES -> rights.mayMonitor();
            default -> rights.mayAdminister();
        };
        return CompletableFuture.completedFuture(
                mayAsk
                        ? answer(request)
                        : request.body().getErrorResponse(0, Errors.CLUSTER_AUTHORIZATION_FAILED.exception()));
    }

    private AbstractResponse answer(KafkaRequest request) {
        return switch (request.api()) {
            case DESCRIBE_QUORUM -> quorum(request);
            case ELECT_LEADERS -> elect(request);
            case ALTER_PARTITION_REASSIGNMENTS -> reassign(request);
            case LIST_PARTITION_REASSIGNMENTS ->
                new ListPartitionReassignmentsResponse(new ListPartitionReassignmentsResponseData());
            case ALTER_REPLICA_LOG_DIRS -> move(request);
            case UPDATE_FEATURES -> features(request);
            case LIST_CONFIG_RESOURCES -> resources(request);
            default -> throw new IllegalArgumentException(request.api() + " is not served here");
        };
    }

    private DescribeQuorumResponse quorum(KafkaRequest request) {
        long now = surroundings.clock().millis();
        var itself = new DescribeQuorumResponseData.ReplicaState()
                .setReplicaId(KafkaSettings.NODE_ID)
                .setLogEndOffset(0)
                .setLastFetchTimestamp(now)
                .setLastCaughtUpTimestamp(now);
        var data = new DescribeQuorumResponseData();
        for (var topic : request.body(DescribeQuorumRequest.class).data().topics()) {
            var described = new DescribeQuorumResponseData.TopicData().setTopicName(topic.topicName());
            for (var partition : topic.partitions()) {
                boolean isOurs =
                        topic.topicName().equals(org.apache.kafka.common.internals.Topic.CLUSTER_METADATA_TOPIC_NAME)
                                && partition.partitionIndex() == 0;
                var state =
                        new DescribeQuorumResponseData.PartitionData().setPartitionIndex(partition.partitionIndex());
                described
                        .partitions()
                        .add(
                                isOurs
                                        ? state.setLeaderId(KafkaSettings.NODE_ID)
                                                .setHighWatermark(0)
                                                .setCurrentVoters(List.of(itself))
                                        : state.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
            }
            data.topics().add(described);
        }
        if (request.version() >= 2) {
            var address = node.of(request.connection());
            var listeners = new DescribeQuorumResponseData.ListenerCollection();
            listeners.add(new DescribeQuorumResponseData.Listener()
                    .setName(request.context().listenerName())
                    .setHost(address.host())
                    .setPort(address.port()));
            data.nodes()
                    .add(new DescribeQuorumResponseData.Node()
                            .setNodeId(KafkaSettings.NODE_ID)
                            .setListeners(listeners));
        }
        return new DescribeQuorumResponse(data);
    }

    private static ElectLeadersResponse elect(KafkaRequest request) {
        List<ReplicaElectionResult> results = new ArrayList<>();
        var asked = request.body(ElectLeadersRequest.class).data().topicPartitions();
        if (asked == null) {
            // Of all partitions only those are told whose leader has changed.
            return new ElectLeadersResponse(0, Errors.NONE.code(), results, request.version());
        }
        for (var topic : asked) {
            var result = new ReplicaElectionResult().setTopic(topic.topic());
            for (int partition : topic.partitions()) {
                ApiError error = elected(request, topic.topic(), partition);
                result.partitionResult()
                        .add(new PartitionResult()
                                .setPartitionId(partition)
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.messageWithFallback()));
            }
            results.add(result);
        }
        return new ElectLeadersResponse(0, Errors.NONE.code(), results, request.version());
    }

    private static ApiError elected(KafkaRequest request, String topic, int partition) {
        if (isThere(request, topic, partition)) {
            return new ApiError(Errors.ELECTION_NOT_NEEDED);
        }
        return new ApiError(
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                request.topics().catalogue().named(topic) == null
                        ? "No such topic as " + topic
                        : "No such partition as " + topic + "-" + partition);
    }

    private static boolean isThere(KafkaRequest request, String name, int partition) {
        Topic topic = request.topics().catalogue().named(name);
        return topic != null && partition >= 0 && partition < topic.partitions().size();
    }

    /// Where everything lies already is the only place there is.
    private static AlterPartitionReassignmentsResponse reassign(KafkaRequest request) {
        var data = new AlterPartitionReassignmentsResponseData();
        for (var topic :
                request.body(AlterPartitionReassignmentsRequest.class).data().topics()) {
            var result = new ReassignableTopicResponse().setName(topic.name());
            for (var partition : topic.partitions()) {
                ApiError error = reassigned(request, topic.name(), partition.partitionIndex(), partition.replicas());
                result.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.messageWithFallback()));
            }
            data.responses().add(result);
        }
        return new AlterPartitionReassignmentsResponse(data);
    }

    private static ApiError reassigned(
            KafkaRequest request, String topic, int partition, @org.jspecify.annotations.Nullable List<Integer> to) {
        if (!isThere(request, topic, partition)) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return to == null ? new ApiError(Errors.NO_REASSIGNMENT_IN_PROGRESS) : TopicCreation.assigned(to);
    }

    private static AlterReplicaLogDirsResponse move(KafkaRequest request) {
        var data = new AlterReplicaLogDirsResponseData();
        for (var directory :
                request.body(AlterReplicaLogDirsRequest.class).data().dirs()) {
            boolean isOurs = directory.path().equals(LogDirsHandler.DIRECTORY);
            for (var topic : directory.topics()) {
                var result = new AlterReplicaLogDirTopicResult().setTopicName(topic.name());
                for (int partition : topic.partitions()) {
                    Errors error = !isOurs
                            ? Errors.LOG_DIR_NOT_FOUND
                            : isThere(request, topic.name(), partition)
                                    ? Errors.NONE
                                    : Errors.UNKNOWN_TOPIC_OR_PARTITION;
                    result.partitions()
                            .add(new AlterReplicaLogDirPartitionResult()
                                    .setPartitionIndex(partition)
                                    .setErrorCode(error.code()));
                }
                data.results().add(result);
            }
        }
        return new AlterReplicaLogDirsResponse(data);
    }

    /// Features are what this version has, and stay so.
    private static UpdateFeaturesResponse features(KafkaRequest request) {
        var data = new UpdateFeaturesResponseData();
        String message = "the features of this broker are those of its version";
        if (request.version() >= 2) {
            return new UpdateFeaturesResponse(
                    data.setErrorCode(Errors.INVALID_UPDATE_VERSION.code()).setErrorMessage(message));
        }
        for (FeatureUpdateKey feature :
                request.body(UpdateFeaturesRequest.class).data().featureUpdates()) {
            data.results()
                    .add(new UpdatableFeatureResult()
                            .setFeature(feature.feature())
                            .setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                            .setErrorMessage(message));
        }
        return new UpdateFeaturesResponse(data);
    }

    private ListConfigResourcesResponse resources(KafkaRequest request) {
        var asked = request.body(ListConfigResourcesRequest.class);
        var data = new ListConfigResourcesResponseData();
        var types = asked.data().resourceTypes();
        if (!asked.supportedResourceTypes().containsAll(types)) {
            return new ListConfigResourcesResponse(data.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
        String thisNode = Integer.toString(KafkaSettings.NODE_ID);
        for (byte type : types.isEmpty() ? asked.supportedResourceTypes() : Set.copyOf(types)) {
            switch (ConfigResource.Type.forId(type)) {
                case BROKER, BROKER_LOGGER -> add(data, type, thisNode);
                case TOPIC -> request.topics().catalogue().topics().forEach(topic -> add(data, type, topic.name()));
                case GROUP -> kept.names().forEach(name -> add(data, type, name));
                case CLIENT_METRICS, UNKNOWN -> {
                    // None has a configuration of its own.
                }
            }
        }
        return new ListConfigResourcesResponse(data);
    }

    private static void add(ListConfigResourcesResponseData data, byte type, String name) {
        data.configResources()
                .add(new ListConfigResourcesResponseData.ConfigResource()
                        .setResourceType(type)
                        .setResourceName(name));
    }
}
