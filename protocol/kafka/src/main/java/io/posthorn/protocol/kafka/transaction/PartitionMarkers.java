package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.Done;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.TransactionResult;

/// Appends markers to partitions; those of `__consumer_offsets` get theirs from the coordinator of groups.
/// Thread-safe.
final class PartitionMarkers implements Markers {
    /// There is one coordinator, and nobody replaces it.
    static final int COORDINATOR_EPOCH = 0;

    private static final System.Logger LOG = System.getLogger(PartitionMarkers.class.getName());

    private final CoordinatorSession session;
    private final OffsetMarkers offsets;

    PartitionMarkers(CoordinatorSession session, OffsetMarkers offsets) {
        this.session = session;
        this.offsets = offsets;
    }

    @Override
    public CompletionStage<?> write(
            TopicPartition partition, ProducerIdAndEpoch producer, TransactionResult result, short transactionVersion) {
        return append(partition, producer, result, COORDINATOR_EPOCH, transactionVersion)
                .handle((_, failure) -> {
                    switch (Errors.maybeUnwrapException(failure)) {
                        case null -> {}
                        // Nobody waits for the end of what is gone.
                        case NotFound _ -> {}
                        // A newer epoch has written there, so that there is nothing left of this one to end.
                        case ProducerRefused refused -> isRefused(partition, refused);
                        case InvalidProducerEpochException refused -> isRefused(partition, refused);
                        case RuntimeException worthAnotherTry -> throw worthAnotherTry;
                        case Throwable other -> throw new IllegalStateException(other);
                    }
                    return Done.DONE;
                });
    }

    private static void isRefused(TopicPartition partition, RuntimeException refusal) {
        LOG.log(Level.WARNING, "the end of a transaction is refused by " + partition, refusal);
    }

    /// @return completes when the marker is durable; fails as appending does
    CompletableFuture<?> append(
            TopicPartition partition,
            ProducerIdAndEpoch producer,
            TransactionResult result,
            int coordinatorEpoch,
            short transactionVersion) {
        if (partition.topic().equals(org.apache.kafka.common.internals.Topic.GROUP_METADATA_TOPIC_NAME)) {
            return offsets.complete(
                            partition, producer.id(), producer.epoch(), coordinatorEpoch, result, transactionVersion)
                    .toCompletableFuture();
        }
        Partition there;
        try {
            there = find(partition);
        } catch (BrokerException e) {
            return CompletableFuture.failedFuture(e);
        }
        return there == null
                ? CompletableFuture.failedFuture(new NotFound("no " + partition))
                : session.appendDurably(there, marker(producer, result, coordinatorEpoch), transactionVersion);
    }

    private @org.jspecify.annotations.Nullable Partition find(TopicPartition wanted) {
        Topic topic = session.topics().catalogue().named(wanted.topic());
        return topic != null
                        && wanted.partition() >= 0
                        && wanted.partition() < topic.partitions().size()
                ? topic.partitions().get(wanted.partition())
                : null;
    }

    private static RecordBatch marker(ProducerIdAndEpoch producer, TransactionResult result, int coordinatorEpoch) {
        ControlRecordType type =
                result == TransactionResult.COMMIT ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        ByteBuffer bytes = MemoryRecords.withEndTransactionMarker(
                        producer.id(), producer.epoch(), new EndTransactionMarker(type, coordinatorEpoch))
                .buffer();
        return RecordBatch.of(new Bytes(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining()));
    }
}
