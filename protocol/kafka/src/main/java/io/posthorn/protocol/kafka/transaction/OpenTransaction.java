package io.posthorn.protocol.kafka.transaction;

import io.posthorn.protocol.kafka.group.OffsetTransactions;
import io.posthorn.protocol.kafka.produce.TransactionGate;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// A transaction that takes batches, and how many of them are on their way to their partitions.
/// Thread-safe.
///
/// Its end waits for those: a batch that came behind the marker of its own transaction would begin another
/// one, that nobody ends.
final class OpenTransaction implements TransactionGate.Admission, OffsetTransactions.Admission {
    private static final int CLOSED = 1 << 31;

    private final ProducerIdAndEpoch producer;

    /// The sign says that no more are let in, the rest counts.
    private final AtomicInteger underWay = new AtomicInteger();

    private volatile Set<TopicPartition> partitions;
    private volatile @Nullable Runnable whenAlone;

    OpenTransaction(ProducerIdAndEpoch producer, Set<TopicPartition> partitions) {
        this.producer = producer;
        this.partitions = partitions;
    }

    ProducerIdAndEpoch producer() {
        return producer;
    }

    void extend(Set<TopicPartition> all) {
        partitions = all;
    }

    /// Whether a batch may be appended now; [#leave] then says that it was, or will never be.
    boolean enter(long producerId, short epoch, TopicPartition partition) {
        if (producer.id() != producerId || producer.epoch() != epoch || !partitions.contains(partition)) {
            return false;
        }
        int before;
        do {
            before = underWay.get();
            if (before < 0) {
                return false;
            }
        } while (!underWay.compareAndSet(before, before + 1));
        return true;
    }

    @Override
    public void leave() {
        if (underWay.decrementAndGet() == CLOSED) {
            runWhenAlone();
        }
    }

    /// Lets nobody in any more, and runs the action once everybody has left: perhaps now. Called once.
    void close(Runnable action) {
        whenAlone = action;
        if (underWay.getAndUpdate(count -> count | CLOSED) == 0) {
            runWhenAlone();
        }
    }

    private void runWhenAlone() {
        Runnable action = whenAlone;
        if (action == null) {
            throw new IllegalStateException("closed without an action");
        }
        action.run();
    }
}
