package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Partition;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;

/// Knows which partitions belong to which producer's open transaction. Thread-safe.
public interface TransactionGate {
    /// A producer that wants to append to its transaction.
    ///
    /// @param adds whether a partition that is not in the transaction yet comes into it (KIP-890);
    /// otherwise it has to be there
    /// @param knowsAbortable whether the producer has heard of TRANSACTION_ABORTABLE
    record Write(String transactionalId, long producerId, short producerEpoch, boolean adds, boolean knowsAbortable) {}

    /// Of a batch for one partition.
    sealed interface Verdict {}

    record Refused(Errors error) implements Verdict {}

    /// The batch may be appended. Its transaction does not end before somebody says, once, that it was, or
    /// never will be.
    non-sealed interface Admission extends Verdict {
        /// Any thread.
        void leave();
    }

    /// Asks whether batches of this producer may be appended to these partitions now. Must not block;
    /// completes at once where all that is needed is at hand.
    ///
    /// @return completes, on any thread, with a verdict for each of the partitions, in their order
    CompletionStage<List<Verdict>> admit(Write write, List<Partition> partitions);
}
