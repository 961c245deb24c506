package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionWatcher;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/// Writes what the coordinator decides into the broker's logs. Its answers wait until that is durable, as
/// everything that the broker confirms.
final class LogPartitionWriter implements PartitionWriter {
    private final CoordinatorSession session;
    private final OffsetsTopic topic;
    private final LogConfig config;
    private final Map<Listener, Watch> watches = new ConcurrentHashMap<>();

    /// Behind the last batch of each partition. Written by the one thread that appends there.
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();

    LogPartitionWriter(CoordinatorSession session, OffsetsTopic topic) {
        this.session = session;
        this.topic = topic;
        this.config = new LogConfig(Map.of());
    }

    @Override
    public void registerListener(TopicPartition at, Listener listener) {
        var watch = new Watch(at, listener);
        watches.put(listener, watch);
        topic.partition(at).watch(watch);
    }

    @Override
    public void deregisterListener(TopicPartition at, Listener listener) {
        Watch watch = watches.remove(listener);
        if (watch != null) {
            topic.partition(at).unwatch(watch);
        }
    }

    @Override
    public LogConfig config(TopicPartition at) {
        return config;
    }

    /// Appends one batch. Blocks the coordinator's thread, which goes on from the offset that this returns.
    @Override
    public long append(TopicPartition at, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        try {
            MutableRecordBatch batch = records.batches().iterator().next();
            Appended appended = session.append(topic.partition(at), copy(records.buffer()), transactionVersion);
            long end = appended.baseOffset() + (batch.lastOffset() - batch.baseOffset()) + 1;
            ends.put(at, end);
            return end;
        } catch (BrokerException e) {
            throw KafkaErrors.of(e).exception(e.getMessage());
        }
    }

    /// The coordinator builds its next batch in the same bytes.
    private static RecordBatch copy(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return RecordBatch.of(new Bytes(bytes));
    }

    /// Where the coordinator believes the partition to end; 0 when it has not written there.
    long end(TopicPartition at) {
        return ends.getOrDefault(at, 0L);
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition at, String transactionalId, long producerId, short producerEpoch, int version) {
        // Whoever commits offsets in a transaction has been let into it: see TransactionalOffsetHandler.
        return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition at, long before) {
        return session.deleteBefore(topic.partition(at), before)
                .exceptionally(failure -> {
                    throw new CompletionException(KafkaErrors.exception(failure));
                })
                .thenRun(() -> {});
    }

    /// Tells the coordinator how far a partition is durable. It only queues what it is told, so it may be
    /// told on the shard's thread.
    private record Watch(TopicPartition at, Listener listener) implements PartitionWatcher {
        @Override
        public void moved(Partition partition) {
            if (!partition.isDeleted()) {
                listener.onHighWatermarkUpdated(at, partition.bounds().highWatermark());
            }
        }
    }
}
