package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// Groups' offsets are committed, fetched and deleted.
public final class OffsetHandler implements ApiHandler {
    private static final AskedPartitions<OffsetCommitRequestTopic, OffsetCommitRequestPartition> COMMITTED =
            new AskedPartitions<>(
                    OffsetCommitRequestTopic::name,
                    OffsetCommitRequestTopic::topicId,
                    OffsetCommitRequestTopic::partitions,
                    OffsetCommitRequestPartition::partitionIndex,
                    found ->
                            new OffsetCommitRequestTopic().setName(found.name()).setTopicId(found.id()));

    private static final AskedPartitions<OffsetDeleteRequestTopic, OffsetDeleteRequestPartition> DELETED =
            new AskedPartitions<>(
                    OffsetDeleteRequestTopic::name,
                    _ -> Uuid.ZERO_UUID,
                    OffsetDeleteRequestTopic::partitions,
                    OffsetDeleteRequestPartition::partitionIndex,
                    found -> new OffsetDeleteRequestTopic().setName(found.name()));

    private final GroupCoordination groups;
    private final Cluster cluster;
    private final OffsetFetches fetches;

    public OffsetHandler(GroupCoordination groups, Cluster cluster) {
        this.groups = groups;
        this.cluster = cluster;
        this.fetches = new OffsetFetches(groups, cluster);
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.OFFSET_COMMIT, ApiKeys.OFFSET_FETCH, ApiKeys.OFFSET_DELETE);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var rights = new GroupRights(request.topics());
        return switch (request.body()) {
            case OffsetCommitRequest commit ->
                rights.mayJoin(commit.data().groupId())
                        ? commit(request, commit.data(), rights)
                        : refused(commit.data().groupId());
            case OffsetFetchRequest fetch -> fetches.answer(request, fetch, rights);
            case OffsetDeleteRequest delete ->
                rights.mayDelete(delete.data().groupId())
                        ? delete(request, delete.data(), rights)
                        : refused(delete.data().groupId());
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    private static <T> CompletionStage<T> refused(String group) {
        return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
    }

    private CompletionStage<OffsetCommitResponse> commit(
            KafkaRequest request, OffsetCommitRequestData commit, GroupRights rights) {
        boolean byId = OffsetCommitResponse.useTopicIds(request.version());
        var check = TopicCheck.of(request, cluster, rights::mayRead, byId);
        OffsetCommitResponse.Builder answer = OffsetCommitResponse.newBuilder(byId);
        List<OffsetCommitRequestTopic> known = COMMITTED.known(
                commit.topics(),
                check,
                (topic, partition) -> answer.addPartition(topic.id(), topic.name(), partition, topic.partitionError()));
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(answer.build());
        }
        commit.setTopics(known);
        return groups.coordinator()
                .thenCompose(groups -> groups.commitOffsets(request.context(), commit, BufferSupplier.NO_CACHING))
                .thenApply(committed -> answer.merge(committed).build());
    }

    private CompletionStage<OffsetDeleteResponse> delete(
            KafkaRequest request, OffsetDeleteRequestData delete, GroupRights rights) {
        var check = TopicCheck.of(request, cluster, rights::mayRead, false);
        var answer = new OffsetDeleteResponse.Builder();
        List<OffsetDeleteRequestTopic> known = DELETED.known(
                delete.topics(),
                check,
                (topic, partition) -> answer.addPartition(topic.name(), partition, topic.partitionError()));
        // Also without a topic: what is wrong with the group is to be told.
        delete.setTopics(new OffsetDeleteRequestTopicCollection(known.iterator()));
        return groups.coordinator()
                .thenCompose(groups -> groups.deleteOffsets(request.context(), delete, BufferSupplier.NO_CACHING))
                .thenApply(deleted -> answer.merge(deleted).build());
    }
}
