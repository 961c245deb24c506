package io.posthorn.protocol.kafka.transaction;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;

/// What can happen to a transactional id.
sealed interface TransactionRequest {
    /// A producer begins, or begins anew after an error.
    ///
    /// @param known who it has been so far; null for one that has just been started
    record InitProducer(Duration timeout, @Nullable ProducerIdAndEpoch known) implements TransactionRequest {}

    /// It is about to write to these, too.
    record AddPartitions(ProducerIdAndEpoch producer, Set<TopicPartition> partitions, short transactionVersion)
            implements TransactionRequest {
        public AddPartitions {
            partitions = Set.copyOf(partitions);
        }
    }

    /// It writes to a partition that it must have added before.
    record Verify(ProducerIdAndEpoch producer, TopicPartition partition) implements TransactionRequest {}

    record End(ProducerIdAndEpoch producer, TransactionResult result, short transactionVersion)
            implements TransactionRequest {}

    /// It has been open for too long.
    record TimeOut() implements TransactionRequest {}

    /// The markers are durable in all partitions.
    record MarkersWritten() implements TransactionRequest {}
}
