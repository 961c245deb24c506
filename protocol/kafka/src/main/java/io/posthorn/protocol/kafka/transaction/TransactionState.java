package io.posthorn.protocol.kafka.transaction;

import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;

/// How far the transaction of a transactional id has come. Immutable.
sealed interface TransactionState {
    /// Its producer has begun none.
    record Empty() implements TransactionState {}

    /// @param partitions that may hold records of it
    /// @param start when the first of them was added
    record Ongoing(Set<TopicPartition> partitions, Instant start) implements TransactionState {
        public Ongoing {
            partitions = Set.copyOf(partitions);
        }
    }

    /// Its end is decided and durable; the markers that tell the partitions are on their way. There is no
    /// way back from here, and none past it but [Completed].
    ///
    /// @param partitions that are to get a marker
    /// @param nextProducerId whom the producer is from now on where this end used up the last epoch of its
    /// id; -1 otherwise
    record Prepared(TransactionResult result, Set<TopicPartition> partitions, Instant start, long nextProducerId)
            implements TransactionState {
        public Prepared {
            partitions = Set.copyOf(partitions);
        }
    }

    /// Every partition knows how it has ended.
    record Completed(TransactionResult result, Instant start) implements TransactionState {}

    /// As Kafka's tools show it.
    default String title() {
        return switch (this) {
            case Empty _ -> "Empty";
            case Ongoing _ -> "Ongoing";
            case Prepared(var result, var _, var _, var _) ->
                result == TransactionResult.COMMIT ? "PrepareCommit" : "PrepareAbort";
            case Completed(var result, var _) ->
                result == TransactionResult.COMMIT ? "CompleteCommit" : "CompleteAbort";
        };
    }

    /// The partitions that it concerns.
    default Set<TopicPartition> members() {
        return switch (this) {
            case Ongoing(var partitions, var _) -> partitions;
            case Prepared(var _, var partitions, var _, var _) -> partitions;
            case Empty _, Completed _ -> Set.of();
        };
    }
}
