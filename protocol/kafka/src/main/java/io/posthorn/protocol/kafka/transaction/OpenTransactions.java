package io.posthorn.protocol.kafka.transaction;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The transactions that take batches now. Changed by the coordinator, asked on any thread.
final class OpenTransactions {
    private final Map<String, OpenTransaction> byTransactionalId = new ConcurrentHashMap<>();

    /// From now on batches of this producer may get into these partitions.
    void admit(String transactionalId, TransactionalProducer who, Set<TopicPartition> partitions) {
        var producer = new ProducerIdAndEpoch(who.producerId(), who.epoch());
        OpenTransaction open = byTransactionalId.get(transactionalId);
        if (open != null && open.producer().equals(producer)) {
            open.extend(partitions);
        } else {
            byTransactionalId.put(transactionalId, new OpenTransaction(producer, partitions));
        }
    }

    @Nullable
    OpenTransaction of(String transactionalId) {
        return byTransactionalId.get(transactionalId);
    }

    /// @param action runs when the last batch that was let in is where it belongs
    void close(String transactionalId, Runnable action) {
        OpenTransaction open = byTransactionalId.remove(transactionalId);
        if (open == null) {
            action.run();
        } else {
            open.close(action);
        }
    }
}
