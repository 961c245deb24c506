package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.ShareGroupAutoOffsetResetStrategy;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.PartitionErrorData;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PartitionIdData;
import org.apache.kafka.server.share.persister.PartitionStateData;
import org.apache.kafka.server.share.persister.PartitionStateSummaryData;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;
import org.jspecify.annotations.Nullable;

/// What share groups have done with a topic is what the broker's cursors know: the coordinator lets them begin here,
/// asks how far they are, and lets them end. Thread-safe.
final class CursorPersister implements Persister {
    private final CoordinatorSession session;
    private final Cluster cluster;
    private final GroupConfigs configs;

    CursorPersister(CoordinatorSession session, Cluster cluster, GroupConfigs configs) {
        this.session = session;
        this.cluster = cluster;
        this.configs = configs;
    }

    // ---- A group begins with a topic, or begins elsewhere

    @Override
    public CompletableFuture<InitializeShareGroupStateResult> initializeState(
            InitializeShareGroupStateParameters request) {
        var wanted = request.groupTopicPartitionData();
        return ofEach(wanted.topicsData(), topic -> initialize(wanted.groupId(), topic.topicId(), topic.partitions()))
                .thenApply(topics -> new InitializeShareGroupStateResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    private CompletableFuture<TopicData<PartitionErrorData>> initialize(
            String group, Uuid id, List<PartitionStateData> partitions) {
        Topic topic = topic(id);
        if (topic == null) {
            return CompletableFuture.completedFuture(
                    new TopicData<>(id, failed(partitions, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
        }
        boolean isThere = session.topics().cursors().isDeclared(topic, ShareCursor.of(group, topic));
        return (isThere ? beginElsewhere(group, topic, partitions) : declare(group, topic, partitions))
                .exceptionally(failure -> failed(partitions, KafkaErrors.error(failure)))
                .thenApply(results -> new TopicData<>(id, results));
    }

    /// The cursor comes to be with all its starts at once.
    private CompletableFuture<List<PartitionErrorData>> declare(
            String group, Topic topic, List<PartitionStateData> partitions) {
        Map<Integer, Long> told = new HashMap<>();
        partitions.stream()
                .filter(CursorPersister::isTold)
                .forEach(wanted -> told.put(wanted.partition(), wanted.startOffset()));
        return ofEach(topic.partitions(), partition -> start(group, topic, partition, told.get(partition.index())))
                .thenCompose(starts -> session.<Done>cursors(
                        (cursors, reply) -> cursors.declare(topic, ShareCursor.of(group, topic), starts, reply)))
                .thenApply(_ -> partitions.stream()
                        .map(wanted -> error(wanted.partition(), isThere(topic, wanted)))
                        .toList());
    }

    private CompletableFuture<List<PartitionErrorData>> beginElsewhere(
            String group, Topic topic, List<PartitionStateData> partitions) {
        return ofEach(partitions, wanted -> {
            Errors found = isThere(topic, wanted);
            if (found != Errors.NONE || !isTold(wanted)) {
                return CompletableFuture.completedFuture(error(wanted.partition(), found));
            }
            Partition partition = topic.partitions().get(wanted.partition());
            return restart(partition, ShareCursor.of(group, topic), wanted.startOffset())
                    .handle((_, failure) ->
                            error(wanted.partition(), failure == null ? Errors.NONE : KafkaErrors.error(failure)));
        });
    }

    private static boolean isTold(PartitionStateData wanted) {
        return wanted.startOffset() != PartitionFactory.UNINITIALIZED_START_OFFSET;
    }

    private static Errors isThere(Topic topic, PartitionStateData wanted) {
        boolean isThere = wanted.partition() >= 0
                && wanted.partition() < topic.partitions().size();
        return isThere ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private CompletableFuture<Done> restart(Partition partition, String cursor, long offset) {
        return session.cursors((cursors, reply) -> cursors.restart(partition, cursor, offset, reply));
    }

    /// Where a group begins.
    ///
    /// @param told null when it was not
    private CompletableFuture<Long> start(String group, Topic topic, Partition partition, @Nullable Long told) {
        PartitionBounds bounds = partition.bounds();
        if (told != null) {
            return CompletableFuture.completedFuture(Math.clamp(told, bounds.start(), bounds.highWatermark()));
        }
        if (ShareCursor.isOfQueues(group, topic)) {
            // Queues' consumers get everything that is there.
            return CompletableFuture.completedFuture(bounds.start());
        }
        ShareGroupAutoOffsetResetStrategy strategy = configs.groupConfig(group)
                .flatMap(GroupConfig::shareAutoOffsetReset)
                .orElseGet(GroupConfig::defaultShareAutoOffsetReset);
        Isolation isolation = configs.isolation(group);
        return switch (strategy.type()) {
            case EARLIEST -> CompletableFuture.completedFuture(bounds.start());
            case LATEST -> CompletableFuture.completedFuture(bounds.end(isolation));
            case BY_DURATION ->
                session.firstSince(partition, strategy.timestamp(), isolation)
                        .thenApply(found -> found.isPresent()
                                ? found.get().offset()
                                : partition.bounds().end(isolation));
        };
    }

    // ---- How far it is

    @Override
    public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
            ReadShareGroupStateSummaryParameters request) {
        var wanted = request.groupTopicPartitionData();
        return ofEach(
                        wanted.topicsData(),
                        topic -> ofEach(
                                        topic.partitions(),
                                        partition -> summary(wanted.groupId(), topic.topicId(), partition.partition()))
                                .thenApply(found -> new TopicData<>(topic.topicId(), found)))
                .thenApply(topics -> new ReadShareGroupStateSummaryResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    private CompletableFuture<PartitionStateSummaryData> summary(String group, Uuid id, int index) {
        Topic topic = topic(id);
        if (topic == null || index < 0 || index >= topic.partitions().size()) {
            return CompletableFuture.completedFuture(unknown(index, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        Partition partition = topic.partitions().get(index);
        return session.<CursorStatus>cursors(
                        (cursors, reply) -> cursors.status(partition, ShareCursor.of(group, topic), reply))
                .thenApply(status -> PartitionFactory.newPartitionStateSummaryData(
                        index,
                        PartitionFactory.DEFAULT_STATE_EPOCH,
                        status.start(),
                        (int) Math.min(status.settled(), Integer.MAX_VALUE),
                        PartitionFactory.DEFAULT_LEADER_EPOCH,
                        Errors.NONE.code(),
                        PartitionFactory.DEFAULT_ERR_MESSAGE))
                .exceptionally(failure -> unknown(index, KafkaErrors.error(failure)));
    }

    private static PartitionStateSummaryData unknown(int index, Errors error) {
        return PartitionFactory.newPartitionStateSummaryData(
                index,
                PartitionFactory.DEFAULT_STATE_EPOCH,
                PartitionFactory.UNINITIALIZED_START_OFFSET,
                PartitionFactory.UNINITIALIZED_DELIVERY_COMPLETE_COUNT,
                PartitionFactory.DEFAULT_LEADER_EPOCH,
                error.code(),
                error.message());
    }

    // ---- A group ends with a topic

    @Override
    public CompletableFuture<DeleteShareGroupStateResult> deleteState(DeleteShareGroupStateParameters request) {
        var wanted = request.groupTopicPartitionData();
        return ofEach(wanted.topicsData(), topic -> delete(wanted.groupId(), topic.topicId(), topic.partitions()))
                .thenApply(topics -> new DeleteShareGroupStateResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    /// A topic that is gone has taken its cursors with it.
    private CompletableFuture<TopicData<PartitionErrorData>> delete(
            String group, Uuid id, List<PartitionIdData> partitions) {
        Topic topic = topic(id);
        CompletableFuture<Done> deleted = topic == null
                ? CompletableFuture.completedFuture(Done.DONE)
                : session.cursors((cursors, reply) -> cursors.delete(topic, ShareCursor.of(group, topic), reply));
        return deleted.handle((_, failure) ->
                new TopicData<>(id, failed(partitions, failure == null ? Errors.NONE : KafkaErrors.error(failure))));
    }

    // ---- With these hands

    private @Nullable Topic topic(Uuid id) {
        try {
            return session.topics().catalogue().identified(cluster.numberOf(id));
        } catch (BrokerException stopping) {
            return null;
        }
    }

    private static PartitionErrorData error(int index, Errors error) {
        return PartitionFactory.newPartitionErrorData(index, error.code(), error.message());
    }

    private static List<PartitionErrorData> failed(List<? extends PartitionIdData> partitions, Errors error) {
        return partitions.stream()
                .map(partition -> error(partition.partition(), error))
                .toList();
    }

    /// All answers, in the order of what was asked.
    private static <P, R> CompletableFuture<List<R>> ofEach(List<P> asked, Function<P, CompletableFuture<R>> question) {
        var answers = new ArrayList<CompletableFuture<R>>();
        asked.forEach(one -> answers.add(question.apply(one)));
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(_ -> answers.stream().map(CompletableFuture::join).toList());
    }

    // ---- What only brokers of Kafka's ask each other

    @Override
    public CompletableFuture<ReadShareGroupStateResult> readState(ReadShareGroupStateParameters request) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("what is delivered is known to the cursors"));
    }

    @Override
    public CompletableFuture<WriteShareGroupStateResult> writeState(WriteShareGroupStateParameters request) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("what is delivered is known to the cursors"));
    }

    @Override
    public void stop() {
        // The session is closed by who has opened it.
    }
}
