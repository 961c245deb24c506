package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.BrokerException;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.jspecify.annotations.Nullable;

/// An administrator ends a transaction in a partition, past its coordinator: where it hangs because nobody
/// else will.
public final class MarkerHandler implements ApiHandler {
    private final TransactionCoordination coordination;

    public MarkerHandler(TransactionCoordination coordination) {
        this.coordination = coordination;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.WRITE_TXN_MARKERS);
    }

    @Override
    public CompletionStage<WriteTxnMarkersResponse> handle(KafkaRequest request) {
        if (!new TransactionRights(request.topics(), request.principal()).mayActForBroker()) {
            throw new ClusterAuthorizationException("only administrators end transactions of others");
        }
        Map<Long, Map<TopicPartition, Errors>> errors = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> written = new ArrayList<>();
        for (TxnMarkerEntry marker : request.body(WriteTxnMarkersRequest.class).markers()) {
            Map<TopicPartition, Errors> its =
                    errors.computeIfAbsent(marker.producerId(), _ -> new ConcurrentHashMap<>());
            for (TopicPartition partition : marker.partitions()) {
                written.add(write(marker, partition).handle((_, failure) -> its.put(partition, error(failure))));
            }
        }
        return CompletableFuture.allOf(written.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new WriteTxnMarkersResponse(errors));
    }

    private CompletableFuture<?> write(TxnMarkerEntry marker, TopicPartition partition) {
        var producer = new ProducerIdAndEpoch(marker.producerId(), marker.producerEpoch());
        return coordination
                .markers()
                .append(
                        partition,
                        producer,
                        marker.transactionResult(),
                        marker.coordinatorEpoch(),
                        marker.transactionVersion());
    }

    private static Errors error(@Nullable Throwable failure) {
        return switch (Errors.maybeUnwrapException(failure)) {
            case null -> Errors.NONE;
            case BrokerException refused -> KafkaErrors.of(refused);
            case Throwable other -> Errors.forException(other);
        };
    }
}
