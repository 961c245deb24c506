package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsResponse;
import org.jspecify.annotations.Nullable;

/// Where share groups are in their topics is shown, changed and forgotten.
///
/// What the coordinator answers is filtered on the connection's io thread, where its user's rights are known.
final class ShareOffsetsHandler implements ApiHandler {
    private static final long NONE = -1;

    private final GroupCoordination groups;
    private final Cluster cluster;

    ShareOffsetsHandler(GroupCoordination groups, Cluster cluster) {
        this.groups = groups;
        this.cluster = cluster;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                ApiKeys.DELETE_SHARE_GROUP_OFFSETS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var rights = new GroupRights(request.topics());
        return switch (request.body()) {
            case DescribeShareGroupOffsetsRequest describe -> describe(request, describe, rights);
            case AlterShareGroupOffsetsRequest alter -> alter(request, alter, rights);
            case DeleteShareGroupOffsetsRequest delete -> delete(request, delete.data(), rights);
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    // ---- Shown

    private CompletionStage<DescribeShareGroupOffsetsResponse> describe(
            KafkaRequest request, DescribeShareGroupOffsetsRequest describe, GroupRights rights) {
        var answers = new ArrayList<CompletableFuture<DescribeShareGroupOffsetsResponseGroup>>();
        for (DescribeShareGroupOffsetsRequestGroup group : describe.groups()) {
            answers.add(describe(request, group, rights)
                    .toCompletableFuture()
                    .exceptionally(failure -> error(group.groupId(), KafkaErrors.error(failure))));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(_ -> new DescribeShareGroupOffsetsResponse(new DescribeShareGroupOffsetsResponseData()
                        .setGroups(answers.stream().map(CompletableFuture::join).toList())));
    }

    private CompletionStage<DescribeShareGroupOffsetsResponseGroup> describe(
            KafkaRequest request, DescribeShareGroupOffsetsRequestGroup group, GroupRights rights) {
        if (!rights.maySee(group.groupId())) {
            return CompletableFuture.completedFuture(error(group.groupId(), Errors.GROUP_AUTHORIZATION_FAILED));
        }
        if (group.topics() == null) {
            return groups.coordinator()
                    .thenCompose(groups -> groups.describeShareGroupAllOffsets(request.context(), group))
                    .thenApplyAsync(
                            answer -> withoutSecrets(answer, rights),
                            request.connection().io());
        }
        if (group.topics().isEmpty()) {
            return CompletableFuture.completedFuture(
                    new DescribeShareGroupOffsetsResponseGroup().setGroupId(group.groupId()));
        }
        List<DescribeShareGroupOffsetsRequestTopic> refused = group.topics().stream()
                .filter(topic -> !rights.maySeeTopic(topic.topicName()))
                .toList();
        var asked = new DescribeShareGroupOffsetsRequestGroup()
                .setGroupId(group.groupId())
                .setTopics(group.topics().stream()
                        .filter(topic -> rights.maySeeTopic(topic.topicName()))
                        .toList());
        return groups.coordinator()
                .thenCompose(groups -> groups.describeShareGroupOffsets(request.context(), asked))
                .thenApply(answer -> with(answer, refused));
    }

    private static DescribeShareGroupOffsetsResponseGroup error(String group, Errors error) {
        return new DescribeShareGroupOffsetsResponseGroup()
                .setGroupId(group)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    private static DescribeShareGroupOffsetsResponseGroup withoutSecrets(
            DescribeShareGroupOffsetsResponseGroup answer, GroupRights rights) {
        return answer.setTopics(answer.topics().stream()
                .filter(topic -> rights.maySeeTopic(topic.topicName()))
                .toList());
    }

    private static DescribeShareGroupOffsetsResponseGroup with(
            DescribeShareGroupOffsetsResponseGroup answer, List<DescribeShareGroupOffsetsRequestTopic> refused) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return answer;
        }
        var topics = new ArrayList<>(answer.topics());
        for (DescribeShareGroupOffsetsRequestTopic topic : refused) {
            topics.add(new DescribeShareGroupOffsetsResponseTopic()
                    .setTopicName(topic.topicName())
                    .setTopicId(Uuid.ZERO_UUID)
                    .setPartitions(topic.partitions().stream()
                            .map(index -> new DescribeShareGroupOffsetsResponsePartition()
                                    .setPartitionIndex(index)
                                    .setStartOffset(NONE)
                                    .setLag(NONE)
                                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                                    .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()))
                            .toList()));
        }
        return answer.setTopics(topics);
    }

    // ---- Changed

    private CompletionStage<AlterShareGroupOffsetsResponse> alter(
            KafkaRequest request, AlterShareGroupOffsetsRequest alter, GroupRights rights) {
        String group = alter.data().groupId();
        if (!rights.mayJoin(group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        Catalogue catalogue = request.topics().catalogue();
        var asked = new AlterShareGroupOffsetsRequestTopicCollection();
        var refused = new ArrayList<AlterShareGroupOffsetsResponseTopic>();
        for (AlterShareGroupOffsetsRequestTopic topic : alter.data().topics()) {
            Topic found = catalogue.named(topic.topicName());
            if (!rights.mayRead(topic.topicName())) {
                refused.add(refusal(topic, found, Errors.TOPIC_AUTHORIZATION_FAILED));
            } else if (found == null) {
                refused.add(refusal(topic, null, Errors.UNKNOWN_TOPIC_OR_PARTITION));
            } else {
                asked.add(topic.duplicate());
            }
        }
        var data = new AlterShareGroupOffsetsRequestData().setGroupId(group).setTopics(asked);
        return groups.coordinator()
                .thenCompose(groups -> groups.alterShareGroupOffsets(request.context(), group, data))
                .thenApply(answer -> {
                    if (answer.errorCode() != Errors.NONE.code()) {
                        return alter.getErrorResponse(0, answer.errorCode(), answer.errorMessage());
                    }
                    refused.forEach(answer.responses()::add);
                    return new AlterShareGroupOffsetsResponse(answer);
                });
    }

    private AlterShareGroupOffsetsResponseTopic refusal(
            AlterShareGroupOffsetsRequestTopic topic, @Nullable Topic found, Errors error) {
        return new AlterShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setTopicId(found == null ? Uuid.ZERO_UUID : cluster.idOf(found))
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new AlterShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())
                                .setErrorMessage(error.message()))
                        .toList());
    }

    // ---- Forgotten

    private CompletionStage<DeleteShareGroupOffsetsResponse> delete(
            KafkaRequest request, DeleteShareGroupOffsetsRequestData delete, GroupRights rights) {
        String group = delete.groupId();
        if (!rights.mayDelete(group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        List<DeleteShareGroupOffsetsResponseTopic> refused = delete.topics().stream()
                .filter(topic -> !rights.mayRead(topic.topicName()))
                .map(topic -> new DeleteShareGroupOffsetsResponseTopic()
                        .setTopicName(topic.topicName())
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()))
                .toList();
        List<DeleteShareGroupOffsetsRequestTopic> asked = delete.topics().stream()
                .filter(topic -> rights.mayRead(topic.topicName()))
                .toList();
        var data = new DeleteShareGroupOffsetsRequestData().setGroupId(group).setTopics(asked);
        return groups.coordinator()
                .thenCompose(groups -> groups.deleteShareGroupOffsets(request.context(), data))
                .thenApply(answer -> answer(answer, refused));
    }

    private static DeleteShareGroupOffsetsResponse answer(
            DeleteShareGroupOffsetsResponseData answer, List<DeleteShareGroupOffsetsResponseTopic> refused) {
        if (answer.errorCode() == Errors.NONE.code()) {
            var topics = new ArrayList<>(answer.responses());
            topics.addAll(refused);
            answer.setResponses(topics);
        }
        return new DeleteShareGroupOffsetsResponse(answer);
    }
}
