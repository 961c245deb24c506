package io.posthorn.protocol.kafka.transaction;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;

/// Where offsets that were committed in a transaction learn how it has ended.
@FunctionalInterface
public interface OffsetMarkers {
    /// @param partition of `__consumer_offsets`
    CompletionStage<?> complete(
            TopicPartition partition,
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            TransactionResult result,
            short transactionVersion);
}
