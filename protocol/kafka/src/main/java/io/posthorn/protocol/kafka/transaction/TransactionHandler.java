package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.End;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.Verify;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;

/// Transactions grow and end.
public final class TransactionHandler implements ApiHandler {
    /// From here on clients know PRODUCER_FENCED.
    private static final short KNOWS_FENCED = 2;

    /// From here on it is brokers that add partitions, for clients with an epoch per transaction.
    private static final short BROKERS_ADD = 4;

    /// From here on a client gets an epoch per transaction.
    private static final short ENDS_WITH_EPOCH = 5;

    private static final short OLD = 0;

    private final TransactionCoordination coordination;
    private final Function<String, CompletionStage<TopicPartition>> offsetsOf;

    /// @param offsetsOf which partition the offsets of a group are in
    public TransactionHandler(
            TransactionCoordination coordination, Function<String, CompletionStage<TopicPartition>> offsetsOf) {
        this.coordination = coordination;
        this.offsetsOf = offsetsOf;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.ADD_PARTITIONS_TO_TXN, ApiKeys.ADD_OFFSETS_TO_TXN, ApiKeys.END_TXN);
    }

    @Override
    public Map<String, SupportedVersionRange> features() {
        return Map.of("transaction.version", new SupportedVersionRange((short) 0, Transitions.EPOCH_PER_END));
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var rights = new TransactionRights(request.topics(), request.principal());
        return switch (request.body()) {
            case AddPartitionsToTxnRequest add -> add(request, add, rights);
            case AddOffsetsToTxnRequest add -> add(request, add.data(), rights);
            case EndTxnRequest end -> end(request, end, rights);
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    @Override
    public void close() {
        coordination.close();
    }

    // ---- Partitions

    private CompletionStage<AddPartitionsToTxnResponse> add(
            KafkaRequest request, AddPartitionsToTxnRequest add, TransactionRights rights) {
        if (request.version() < BROKERS_ADD) {
            AddPartitionsToTxnTransaction only =
                    add.normalizeRequest().data().transactions().iterator().next();
            return addForClient(request, only, rights)
                    .thenApply(result -> new AddPartitionsToTxnResponse(
                            new AddPartitionsToTxnResponseData().setResultsByTopicV3AndBelow(result.topicResults())));
        }
        if (!rights.mayActForBroker()) {
            throw new ClusterAuthorizationException("only brokers do this");
        }
        List<CompletableFuture<AddPartitionsToTxnResult>> results = add.data().transactions().stream()
                .map(transaction -> addForBroker(transaction).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var all = new AddPartitionsToTxnResultCollection();
                    results.forEach(result -> all.add(result.join()));
                    return new AddPartitionsToTxnResponse(
                            new AddPartitionsToTxnResponseData().setResultsByTransaction(all));
                });
    }

    /// All of them come into the transaction, or none.
    private CompletionStage<AddPartitionsToTxnResult> addForClient(
            KafkaRequest request, AddPartitionsToTxnTransaction wanted, TransactionRights rights) {
        List<TopicPartition> partitions = AddPartitionsToTxnRequest.getPartitions(wanted.topics());
        if (!rights.mayUse(wanted.transactionalId())) {
            return done(wanted, partitions, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        Catalogue catalogue = request.topics().catalogue();
        Map<TopicPartition, Errors> errors = new HashMap<>();
        for (TopicPartition partition : partitions) {
            errors.put(partition, refusal(catalogue, partition, rights));
        }
        if (errors.values().stream().anyMatch(error -> error != Errors.NONE)) {
            errors.replaceAll((_, error) -> error == Errors.NONE ? Errors.OPERATION_NOT_ATTEMPTED : error);
            return CompletableFuture.completedStage(
                    AddPartitionsToTxnResponse.resultForTransaction(wanted.transactionalId(), errors));
        }
        return ask(wanted, new AddPartitions(producer(wanted), Set.copyOf(partitions), OLD))
                .thenCompose(answer -> done(wanted, partitions, answer.errorFor(request.version(), KNOWS_FENCED)));
    }

    private static Errors refusal(Catalogue catalogue, TopicPartition partition, TransactionRights rights) {
        if (Topic.isInternal(partition.topic()) || !rights.mayWrite(partition.topic())) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        io.posthorn.broker.topic.Topic topic = catalogue.named(partition.topic());
        return topic != null
                        && partition.partition() >= 0
                        && partition.partition() < topic.partitions().size()
                ? Errors.NONE
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private CompletionStage<AddPartitionsToTxnResult> addForBroker(AddPartitionsToTxnTransaction wanted) {
        List<TopicPartition> partitions = AddPartitionsToTxnRequest.getPartitions(wanted.topics());
        if (!wanted.verifyOnly()) {
            return ask(wanted, new AddPartitions(producer(wanted), Set.copyOf(partitions), Transitions.EPOCH_PER_END))
                    .thenCompose(answer -> done(wanted, partitions, answer.error()));
        }
        Map<TopicPartition, CompletableFuture<Answer>> answers = new HashMap<>();
        for (TopicPartition partition : partitions) {
            answers.put(
                    partition,
                    ask(wanted, new Verify(producer(wanted), partition)).toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    Map<TopicPartition, Errors> errors = new HashMap<>();
                    answers.forEach((partition, answer) ->
                            errors.put(partition, answer.join().error()));
                    return AddPartitionsToTxnResponse.resultForTransaction(wanted.transactionalId(), errors);
                });
    }

    private CompletionStage<Answer> ask(AddPartitionsToTxnTransaction wanted, TransactionRequest request) {
        return ask(wanted.transactionalId(), request);
    }

    private static CompletionStage<AddPartitionsToTxnResult> done(
            AddPartitionsToTxnTransaction wanted, List<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return CompletableFuture.completedStage(
                AddPartitionsToTxnResponse.resultForTransaction(wanted.transactionalId(), errors));
    }

    private static ProducerIdAndEpoch producer(AddPartitionsToTxnTransaction wanted) {
        return new ProducerIdAndEpoch(wanted.producerId(), wanted.producerEpoch());
    }

    // ---- Offsets

    private CompletionStage<AddOffsetsToTxnResponse> add(
            KafkaRequest request, AddOffsetsToTxnRequestData add, TransactionRights rights) {
        if (!rights.mayUse(add.transactionalId())) {
            return CompletableFuture.completedStage(response(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        if (!rights.mayJoin(add.groupId())) {
            return CompletableFuture.completedStage(response(Errors.GROUP_AUTHORIZATION_FAILED));
        }
        var producer = new ProducerIdAndEpoch(add.producerId(), add.producerEpoch());
        return offsetsOf
                .apply(add.groupId())
                .thenCompose(
                        partition -> ask(add.transactionalId(), new AddPartitions(producer, Set.of(partition), OLD)))
                .thenApply(answer -> response(answer.errorFor(request.version(), KNOWS_FENCED)));
    }

    private static AddOffsetsToTxnResponse response(Errors error) {
        return new AddOffsetsToTxnResponse(new AddOffsetsToTxnResponseData().setErrorCode(error.code()));
    }

    // ---- The end

    private CompletionStage<EndTxnResponse> end(KafkaRequest request, EndTxnRequest end, TransactionRights rights) {
        String transactionalId = end.data().transactionalId();
        if (!rights.mayUse(transactionalId)) {
            return CompletableFuture.completedStage(new EndTxnResponse(
                    new EndTxnResponseData().setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code())));
        }
        boolean withEpoch = request.version() >= ENDS_WITH_EPOCH;
        var producer =
                new ProducerIdAndEpoch(end.data().producerId(), end.data().producerEpoch());
        return ask(transactionalId, new End(producer, end.result(), withEpoch ? Transitions.EPOCH_PER_END : OLD))
                .thenApply(answer -> {
                    var response = new EndTxnResponseData()
                            .setErrorCode(answer.errorFor(request.version(), KNOWS_FENCED)
                                    .code());
                    if (withEpoch) {
                        response.setProducerId(answer.producer().id())
                                .setProducerEpoch(answer.producer().epoch());
                    }
                    return new EndTxnResponse(response);
                });
    }

    private CompletionStage<Answer> ask(String transactionalId, TransactionRequest request) {
        return transactionalId.isEmpty()
                ? CompletableFuture.completedStage(Answer.refused(Errors.INVALID_REQUEST))
                : coordination.ask(transactionalId, request);
    }
}
