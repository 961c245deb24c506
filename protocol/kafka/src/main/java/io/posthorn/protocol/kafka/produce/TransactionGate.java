package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Partition;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;

/// Knows which partitions belong to which producer's open transaction. Thread-safe.
public interface TransactionGate {
    /// For as long as there is nobody who coordinates transactions.
    TransactionGate CLOSED = (write, partitions) ->
            CompletableFuture.completedStage(Collections.nCopies(partitions.size(), Errors.COORDINATOR_NOT_AVAILABLE));

    /// A producer that wants to append to its transaction.
    ///
    /// @param adds whether a partition that is not in the transaction yet comes into it (KIP-890);
    /// otherwise it has to be there
    record Write(String transactionalId, long producerId, short producerEpoch, boolean adds) {}

    /// Asks whether batches of this producer may be appended to these partitions now. Must not
    /// block; completes at once where all that is needed is at hand.
    ///
    /// @return completes, on any thread, with an error for each of the partitions, in their order
    CompletionStage<List<Errors>> admit(Write write, List<Partition> partitions);
}
