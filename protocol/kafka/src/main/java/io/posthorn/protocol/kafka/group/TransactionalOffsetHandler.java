package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// Offsets are committed in a transaction: they count from its end on, or never.
public final class TransactionalOffsetHandler implements ApiHandler {
    private static final AskedPartitions<TxnOffsetCommitRequestTopic, TxnOffsetCommitRequestPartition> COMMITTED =
            new AskedPartitions<>(
                    TxnOffsetCommitRequestTopic::name,
                    TxnOffsetCommitRequestTopic::topicId,
                    TxnOffsetCommitRequestTopic::partitions,
                    TxnOffsetCommitRequestPartition::partitionIndex,
                    found -> new TxnOffsetCommitRequestTopic()
                            .setName(found.name())
                            .setTopicId(found.id()));

    /// Older clients take the news that the coordinator is loading for something else (KAFKA-7296).
    private static final int KNOWS_LOADING = 2;

    private final GroupCoordination groups;
    private final Cluster cluster;
    private final OffsetTransactions transactions;

    public TransactionalOffsetHandler(GroupCoordination groups, Cluster cluster, OffsetTransactions transactions) {
        this.groups = groups;
        this.cluster = cluster;
        this.transactions = transactions;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.TXN_OFFSET_COMMIT);
    }

    @Override
    public CompletionStage<TxnOffsetCommitResponse> handle(KafkaRequest request) {
        TxnOffsetCommitRequestData commit =
                request.body(TxnOffsetCommitRequest.class).data();
        var rights = new GroupRights(request.topics());
        if (!rights.mayWriteAs(commit.transactionalId())) {
            return CompletableFuture.failedFuture(
                    new TransactionalIdAuthorizationException("not allowed to use " + commit.transactionalId()));
        }
        return rights.mayJoin(commit.groupId())
                ? commit(request, commit, rights)
                : CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(commit.groupId()));
    }

    private CompletionStage<TxnOffsetCommitResponse> commit(
            KafkaRequest request, TxnOffsetCommitRequestData commit, GroupRights rights) {
        boolean byId = TxnOffsetCommitResponse.useTopicIds(request.version());
        var check = TopicCheck.of(request, cluster, rights::mayRead, byId);
        TxnOffsetCommitResponse.Builder answer = TxnOffsetCommitResponse.newBuilder(byId);
        List<TxnOffsetCommitRequestTopic> known = COMMITTED.known(
                commit.topics(),
                check,
                (topic, partition) -> answer.addPartition(topic.id(), topic.name(), partition, topic.partitionError()));
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(answer.build());
        }
        commit.setTopics(known);
        return groups.coordinator()
                .thenCompose(groups -> commit(request, commit, groups))
                .thenApply(committed -> forVersion(answer.merge(committed).build(), request.version()));
    }

    /// The transaction cannot end before they are committed: what came behind its end would belong to the
    /// next one.
    private CompletionStage<TxnOffsetCommitResponseData> commit(
            KafkaRequest request, TxnOffsetCommitRequestData commit, GroupCoordinator groups) {
        return transactions
                .admit(
                        groups.partitionFor(commit.groupId()),
                        commit.transactionalId(),
                        commit.producerId(),
                        commit.producerEpoch(),
                        request.version())
                .thenCompose(admission -> groups.commitTransactionalOffsets(
                                request.context(), commit, BufferSupplier.NO_CACHING)
                        .whenComplete((_, _) -> admission.leave()));
    }

    private static TxnOffsetCommitResponse forVersion(TxnOffsetCommitResponse answer, short version) {
        if (version < KNOWS_LOADING) {
            answer.data().topics().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .filter(partition -> partition.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code())
                    .forEach(partition -> partition.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code()));
        }
        return answer;
    }
}
