package io.posthorn.broker;

import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one session does with the logs of topics: see [io.posthorn.broker.topic.Topics]. Rights were checked before.
final class LocalPartitions {
    private final LocalBroker broker;
    private final LocalSession session;

    LocalPartitions(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
    }

    void append(QueueEntry to, RecordBatch batch, AppendRule rule, Reply<Appended> reply) {
        reply.failed(notYet());
    }

    @Nullable
    PartitionSlice readTail(QueueEntry from, long offset, int maxBytes, Isolation isolation) {
        throw notYet();
    }

    PartitionSlice read(QueueEntry from, long offset, int maxBytes, Isolation isolation) {
        throw notYet();
    }

    List<AbortedTransaction> aborted(QueueEntry partition, long from, long to) {
        throw notYet();
    }

    void firstSince(QueueEntry partition, long timestamp, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        reply.failed(notYet());
    }

    void greatestTimestamp(QueueEntry partition, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        reply.failed(notYet());
    }

    void deleteBefore(QueueEntry partition, long offset, Reply<Long> reply) {
        reply.failed(notYet());
    }

    void producers(QueueEntry partition, Reply<List<ProducerStatus>> reply) {
        reply.failed(notYet());
    }

    private BrokerException notYet() {
        return new BrokerException.NotImplemented("vhost '" + session.virtualHost() + "' keeps no record batches for "
                + broker.getClass().getSimpleName());
    }
}
