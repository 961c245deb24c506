package io.posthorn.protocol.kafka.transaction;

import static io.posthorn.protocol.kafka.transaction.TransactionalProducer.NO_EPOCH;
import static org.apache.kafka.common.record.internal.RecordBatch.NO_PRODUCER_ID;
import static org.apache.kafka.common.requests.TransactionResult.ABORT;
import static org.apache.kafka.common.requests.TransactionResult.COMMIT;

import io.posthorn.protocol.kafka.transaction.Decision.Changed;
import io.posthorn.protocol.kafka.transaction.Decision.Later;
import io.posthorn.protocol.kafka.transaction.Decision.Refused;
import io.posthorn.protocol.kafka.transaction.Decision.Unchanged;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.End;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.InitProducer;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.MarkersWritten;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.TimeOut;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.Verify;
import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;

/// The state machine of a transactional id: what a request makes of what is true. Without effects.
///
/// @param newProducerId gives an id that nobody has had
record Transitions(Instant now, LongSupplier newProducerId) {
    /// Ending a transaction makes a new epoch from here on (KIP-890).
    static final short EPOCH_PER_END = 2;

    Decision decide(@Nullable TransactionalProducer producer, TransactionRequest request) {
        if (producer == null) {
            return request instanceof InitProducer init ? first(init) : new Refused(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
        return switch (request) {
            case InitProducer init -> initialise(producer, init);
            case AddPartitions add -> add(producer, add);
            case Verify verify -> verify(producer, verify);
            case End end -> end.transactionVersion() < EPOCH_PER_END ? end(producer, end) : endWithEpoch(producer, end);
            case TimeOut _ -> timeOut(producer);
            case MarkersWritten _ -> complete(producer);
        };
    }

    // ---- Who the producer is

    private Decision first(InitProducer init) {
        return changed(new TransactionalProducer(
                newProducerId.getAsLong(),
                (short) 0,
                NO_PRODUCER_ID,
                NO_EPOCH,
                init.timeout(),
                (short) 0,
                new Empty(),
                now));
    }

    private Decision initialise(TransactionalProducer producer, InitProducer init) {
        return switch (producer.state()) {
            case Prepared _ -> new Refused(Errors.CONCURRENT_TRANSACTIONS);
            case Ongoing ongoing -> abortFor(init, producer, ongoing);
            case Empty _, Completed _ -> nextEpoch(producer, init);
        };
    }

    /// Who initialises is the only one from now on, so the open transaction of the one before it is
    /// aborted. The client asks again until that is done. Kafka lets a producer that is fenced already do
    /// this to its successor; here it cannot.
    private Decision abortFor(InitProducer init, TransactionalProducer producer, Ongoing ongoing) {
        ProducerIdAndEpoch known = init.known();
        return known == null || (known.id() == producer.producerId() && known.epoch() == producer.epoch())
                ? new Changed(fenced(producer, ongoing), Errors.CONCURRENT_TRANSACTIONS)
                : new Refused(Errors.PRODUCER_FENCED);
    }

    private Decision nextEpoch(TransactionalProducer producer, InitProducer init) {
        ProducerIdAndEpoch known = init.known();
        if (known != null && isRepeated(producer, known)) {
            return changed(initialised(producer, init, producer.producerId(), producer.epoch(), producer.lastEpoch()));
        }
        if (known != null && (known.id() != producer.producerId() || known.epoch() != producer.epoch())) {
            return new Refused(Errors.PRODUCER_FENCED);
        }
        short last = known == null ? NO_EPOCH : producer.epoch();
        return changed(
                producer.hasLastEpoch()
                        ? initialised(producer, init, newProducerId.getAsLong(), (short) 0, last)
                        : initialised(producer, init, producer.producerId(), (short) (producer.epoch() + 1), last));
    }

    /// Whether this producer has got its new epoch already, but not the answer that told it. Nobody else
    /// can have initialised since, as that would have cleared the last epoch.
    private static boolean isRepeated(TransactionalProducer producer, ProducerIdAndEpoch known) {
        return known.epoch() == producer.lastEpoch()
                && (known.id() == producer.producerId()
                        || (known.id() == producer.previousProducerId()
                                && TransactionalProducer.isLast(known.epoch())));
    }

    private TransactionalProducer initialised(
            TransactionalProducer producer, InitProducer init, long id, short epoch, short last) {
        return new TransactionalProducer(
                id,
                epoch,
                producer.producerId(),
                last,
                init.timeout(),
                producer.transactionVersion(),
                new Empty(),
                now);
    }

    // ---- What the transaction spans

    private Decision add(TransactionalProducer producer, AddPartitions add) {
        // First of all, since the producer may be one already that its end will make of it.
        if (producer.state() instanceof Prepared) {
            return new Later();
        }
        Errors mismatch = mismatch(producer, add.producer());
        if (mismatch != Errors.NONE) {
            return new Refused(mismatch);
        }
        return switch (producer.state()) {
            case Ongoing(var partitions, var _) when partitions.containsAll(add.partitions()) -> new Unchanged();
            case Ongoing(var partitions, var start) ->
                ongoing(producer, union(partitions, add.partitions()), start, add.transactionVersion());
            case Empty _, Completed _ -> ongoing(producer, add.partitions(), now, add.transactionVersion());
            case Prepared _ -> new Later();
        };
    }

    private Decision ongoing(
            TransactionalProducer producer, Set<TopicPartition> partitions, Instant start, short version) {
        return changed(producer.in(new Ongoing(partitions, start), now).speaking(version));
    }

    private static Decision verify(TransactionalProducer producer, Verify verify) {
        Errors mismatch = mismatch(producer, verify.producer());
        if (mismatch != Errors.NONE) {
            return new Refused(mismatch);
        }
        return switch (producer.state()) {
            case Prepared _ -> new Refused(Errors.CONCURRENT_TRANSACTIONS);
            case Ongoing(var partitions, var _) when partitions.contains(verify.partition()) -> new Unchanged();
            case Ongoing _, Empty _, Completed _ -> new Refused(Errors.TRANSACTION_ABORTABLE);
        };
    }

    // ---- Its end

    /// A client whose epoch stays. A repeated request cannot be told from the next transaction's by its
    /// epoch, but the one of an empty transaction is never sent.
    private Decision end(TransactionalProducer producer, End end) {
        Errors mismatch = mismatch(producer, end.producer());
        if (mismatch != Errors.NONE) {
            return new Refused(mismatch);
        }
        return switch (producer.state()) {
            case Ongoing ongoing -> changed(prepared(producer, end.result(), ongoing, end.transactionVersion()));
            case Prepared(var result, var _, var _, var _)
            when result == end.result() -> new Refused(Errors.CONCURRENT_TRANSACTIONS);
            case Completed(var result, var _) when result == end.result() -> new Unchanged();
            case Empty _, Prepared _, Completed _ -> new Refused(Errors.INVALID_TXN_STATE);
        };
    }

    /// A client that gets a new epoch with each end: one that comes with the epoch before is repeated, and
    /// one with this epoch is meant for the next transaction, which is empty when it was not begun. An
    /// empty one is aborted by clients that do not know whether it was begun; committing it makes no sense.
    private Decision endWithEpoch(TransactionalProducer producer, End end) {
        ProducerIdAndEpoch claimed = end.producer();
        return switch (producer.state()) {
            case Prepared _ -> new Refused(Errors.CONCURRENT_TRANSACTIONS);
            case Ongoing ongoing -> {
                Errors mismatch = mismatch(producer, claimed);
                yield mismatch == Errors.NONE
                        ? changed(prepared(producer, end.result(), ongoing, end.transactionVersion()))
                        : new Refused(mismatch);
            }
            case Completed(var result, var _)
            when isRepeated(producer, end) ->
                result == end.result() ? new Unchanged() : new Refused(Errors.INVALID_TXN_STATE);
            case Empty _, Completed _ -> endOfNothing(producer, end);
        };
    }

    private Decision endOfNothing(TransactionalProducer producer, End end) {
        Errors mismatch = mismatch(producer, end.producer());
        if (mismatch != Errors.NONE) {
            return new Refused(mismatch);
        }
        return end.result() == COMMIT
                ? new Refused(Errors.INVALID_TXN_STATE)
                : changed(prepared(producer, ABORT, new Ongoing(Set.of(), now), end.transactionVersion()));
    }

    private static boolean isRepeated(TransactionalProducer producer, End end) {
        ProducerIdAndEpoch claimed = end.producer();
        boolean isEpochBefore = claimed.id() == producer.producerId() && claimed.epoch() + 1 == producer.epoch();
        boolean isIdBefore = claimed.id() == producer.previousProducerId()
                && TransactionalProducer.isLast(claimed.epoch())
                && producer.epoch() == 0;
        return isEpochBefore || isIdBefore;
    }

    private Decision timeOut(TransactionalProducer producer) {
        return producer.state() instanceof Ongoing ongoing ? changed(fenced(producer, ongoing)) : new Unchanged();
    }

    private Decision complete(TransactionalProducer producer) {
        if (!(producer.state() instanceof Prepared prepared)) {
            throw new IllegalStateException("markers were written for a transaction that is " + producer.state());
        }
        ProducerIdAndEpoch next = producer.visible();
        return changed(new TransactionalProducer(
                next.id(),
                next.epoch(),
                producer.producerId(),
                producer.lastEpoch(),
                producer.timeout(),
                producer.transactionVersion(),
                new Completed(prepared.result(), prepared.start()),
                now));
    }

    /// Aborted with an epoch that no client has.
    private TransactionalProducer fenced(TransactionalProducer producer, Ongoing ongoing) {
        return prepared(producer, ABORT, ongoing, EPOCH_PER_END);
    }

    private TransactionalProducer prepared(
            TransactionalProducer producer, TransactionResult result, Ongoing ongoing, short version) {
        boolean isNewEpoch = version >= EPOCH_PER_END;
        boolean isNewId = isNewEpoch && producer.hasLastEpoch();
        long next = isNewId ? newProducerId.getAsLong() : NO_PRODUCER_ID;
        // The epoch behind the last is only ever in markers.
        int epoch = Math.min(isNewEpoch ? producer.epoch() + 1 : producer.epoch(), Short.MAX_VALUE);
        return new TransactionalProducer(
                producer.producerId(),
                (short) epoch,
                producer.producerId(),
                isNewEpoch ? producer.epoch() : producer.lastEpoch(),
                producer.timeout(),
                version,
                new Prepared(result, ongoing.partitions(), ongoing.start(), next),
                now);
    }

    // ---- Small words

    private static Decision changed(TransactionalProducer next) {
        return new Changed(next, Errors.NONE);
    }

    private static Errors mismatch(TransactionalProducer producer, ProducerIdAndEpoch claimed) {
        if (claimed.id() != producer.producerId()) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }
        return claimed.epoch() == producer.epoch() ? Errors.NONE : Errors.PRODUCER_FENCED;
    }

    private static Set<TopicPartition> union(Set<TopicPartition> some, Set<TopicPartition> others) {
        var all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }
}
