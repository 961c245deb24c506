package io.posthorn.protocol.kafka.group;

import java.util.concurrent.CompletableFuture;

/// What the coordinator of transactions is asked before offsets are taken into a transaction.
public interface OffsetTransactions {
    /// Nobody is asked: for a broker without transactions.
    OffsetTransactions NONE = (_, _, _, _, _) -> CompletableFuture.completedFuture(() -> {});

    /// The offsets may be committed. Their transaction does not end before somebody says, once, that they
    /// were, or never will be.
    interface Admission {
        /// Any thread.
        void leave();
    }

    /// Whether this transaction is open and a partition of `__consumer_offsets` belongs to it. Clients from
    /// version 5 of TxnOffsetCommit on do not say so beforehand: then it belongs to it from now on.
    ///
    /// @param version of the TxnOffsetCommit
    /// @return fails with the exception of the error that the client is to be told
    CompletableFuture<Admission> admit(
            int partition, String transactionalId, long producerId, short producerEpoch, int version);
}
