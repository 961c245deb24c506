package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/// Tells which offsets groups have committed: of several groups at once, of some topics or all, by name or by id.
final class OffsetFetches {
    private final GroupCoordination groups;
    private final Cluster cluster;

    OffsetFetches(GroupCoordination groups, Cluster cluster) {
        this.groups = groups;
        this.cluster = cluster;
    }

    CompletionStage<OffsetFetchResponse> answer(KafkaRequest request, OffsetFetchRequest fetch, GroupRights rights) {
        List<CompletableFuture<OffsetFetchResponseGroup>> answers = fetch.groups().stream()
                .map(group -> answer(request, fetch, group, rights)
                        .exceptionally(failure ->
                                OffsetFetchResponse.groupError(group, Errors.forException(failure), request.version()))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new OffsetFetchResponse.Builder(
                                answers.stream().map(CompletableFuture::join).toList())
                        .build(request.version()));
    }

    private CompletionStage<OffsetFetchResponseGroup> answer(
            KafkaRequest request, OffsetFetchRequest fetch, OffsetFetchRequestGroup group, GroupRights rights) {
        if (!rights.maySee(group.groupId())) {
            return CompletableFuture.failedFuture(Errors.GROUP_AUTHORIZATION_FAILED.exception());
        }
        var check =
                TopicCheck.of(request, cluster, rights::maySeeTopic, OffsetFetchRequest.useTopicIds(request.version()));
        return OffsetFetchRequest.requestAllOffsets(group)
                ? ask(request, fetch, group, answer -> visible(answer, check))
                : answerSome(request, fetch, group, check);
    }

    private CompletionStage<OffsetFetchResponseGroup> ask(
            KafkaRequest request,
            OffsetFetchRequest fetch,
            OffsetFetchRequestGroup group,
            UnaryOperator<OffsetFetchResponseGroup> then) {
        return groups.coordinator()
                .thenCompose(groups -> groups.fetchOffsets(request.context(), group, fetch.requireStable()))
                .thenApplyAsync(
                        answer -> answer.errorCode() == Errors.NONE.code() ? then.apply(answer) : answer,
                        request.connection().io());
    }

    /// What of all topics that there are offsets for may be told. One that is deleted has no id to be told by.
    private static OffsetFetchResponseGroup visible(OffsetFetchResponseGroup answer, TopicCheck check) {
        List<OffsetFetchResponseTopics> told = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            if (check.allowed().test(topic.name())) {
                if (check.byId() && topic.topicId().equals(Uuid.ZERO_UUID)) {
                    topic.setTopicId(check.idOf(topic.name()));
                }
                if (!check.byId() || !topic.topicId().equals(Uuid.ZERO_UUID)) {
                    told.add(topic);
                }
            }
        }
        return answer.setTopics(told);
    }

    private CompletionStage<OffsetFetchResponseGroup> answerSome(
            KafkaRequest request, OffsetFetchRequest fetch, OffsetFetchRequestGroup group, TopicCheck check) {
        List<OffsetFetchRequestTopics> known = new ArrayList<>();
        List<OffsetFetchResponseTopics> refused = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            TopicCheck.Found found = check.find(topic.name(), topic.topicId());
            // Of a topic that is gone the coordinator knows whether there are offsets still.
            if (found.is() || found.error() == Errors.UNKNOWN_TOPIC_OR_PARTITION) {
                known.add(topic.setName(found.name()));
            } else {
                refused.add(refusal(topic.setName(found.name()), found.error()));
            }
        }
        var asked = new OffsetFetchRequestGroup()
                .setGroupId(group.groupId())
                .setMemberId(group.memberId())
                .setMemberEpoch(group.memberEpoch())
                .setTopics(known);
        return ask(request, fetch, asked, answer -> {
            List<OffsetFetchResponseTopics> topics = new ArrayList<>(answer.topics());
            topics.addAll(refused);
            return answer.setTopics(topics);
        });
    }

    private static OffsetFetchResponseTopics refusal(OffsetFetchRequestTopics topic, Errors error) {
        return new OffsetFetchResponseTopics()
                .setTopicId(topic.topicId())
                .setName(topic.name())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(index -> new OffsetFetchResponsePartitions()
                                .setPartitionIndex(index)
                                .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                                .setErrorCode(error.code()))
                        .toList());
    }
}
