package io.posthorn.protocol.kafka.transaction;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;

/// Tells partitions how a transaction has ended. Thread-safe.
interface Markers {
    /// A partition gets its markers in the order of the calls. The same one twice, one behind the other,
    /// changes nothing.
    ///
    /// @param transactionVersion from 2 on a marker is refused that comes when the next transaction is open
    /// @return completes, on any thread, once the partition has the marker durably, or is gone; fails when
    /// it is worth another try
    CompletionStage<?> write(
            TopicPartition partition, ProducerIdAndEpoch producer, TransactionResult result, short transactionVersion);
}
