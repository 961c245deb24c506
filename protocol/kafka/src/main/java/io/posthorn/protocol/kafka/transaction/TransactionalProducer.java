package io.posthorn.protocol.kafka.transaction;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.record.internal.RecordBatch;

/// What is true of one transactional id. Immutable.
///
/// @param producerId of whoever initialised last
/// @param epoch of it; every lower one of this id is fenced
/// @param previousProducerId the id before the last change
/// @param lastEpoch the epoch that the same producer had before this one, so that its repeated request is
/// known; -1 where there is none, or another producer has come since
/// @param timeout after which an open transaction is aborted
/// @param transactionVersion how its client ends transactions: 2 with a new epoch each time, 0 without
/// @param updated when it last changed
record TransactionalProducer(
        long producerId,
        short epoch,
        long previousProducerId,
        short lastEpoch,
        Duration timeout,
        short transactionVersion,
        TransactionState state,
        Instant updated) {
    static final short NO_EPOCH = RecordBatch.NO_PRODUCER_EPOCH;

    // One above it is kept, so that whoever has this one can still be fenced.
    private static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    static boolean isLast(short epoch) {
        return epoch >= LAST_EPOCH;
    }

    boolean hasLastEpoch() {
        return isLast(epoch);
    }

    /// What its client writes into its next batch.
    ProducerIdAndEpoch visible() {
        return state instanceof TransactionState.Prepared prepared
                        && prepared.nextProducerId() != RecordBatch.NO_PRODUCER_ID
                ? new ProducerIdAndEpoch(prepared.nextProducerId(), (short) 0)
                : new ProducerIdAndEpoch(producerId, epoch);
    }

    /// The same producer, further on.
    TransactionalProducer in(TransactionState next, Instant now) {
        return new TransactionalProducer(
                producerId, epoch, producerId, lastEpoch, timeout, transactionVersion, next, now);
    }

    TransactionalProducer speaking(short version) {
        return new TransactionalProducer(
                producerId, epoch, previousProducerId, lastEpoch, timeout, version, state, updated);
    }
}
