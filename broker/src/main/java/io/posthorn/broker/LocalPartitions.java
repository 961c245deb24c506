package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.PartitionRead;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.ReadMemory;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one session does with the logs of topics: see [io.posthorn.broker.topic.Topics]. Rights were checked before.
final class LocalPartitions {
    private final LocalSession session;

    LocalPartitions(LocalSession session) {
        this.session = session;
    }

    void append(QueueEntry to, RecordBatch batch, AppendRule rule, Reply<Appended> reply) {
        var answer = session.fromShard(to.shard(), reply);
        session.append(to.shard(), new Command.Append(to, batch, rule, answer));
    }

    @Nullable
    PartitionSlice readTail(QueueEntry from, long offset, int maxBytes, Isolation isolation) {
        return live(from).readTail(offset, maxBytes, isolation);
    }

    PartitionSlice read(QueueEntry from, long offset, int maxBytes, Isolation isolation) {
        return live(from).read(offset, maxBytes, isolation);
    }

    @Nullable
    PartitionRead readInto(QueueEntry from, long offset, int maxBytes, Isolation isolation, ReadMemory memory) {
        return live(from).readInto(offset, maxBytes, isolation, memory);
    }

    List<AbortedTransaction> aborted(QueueEntry partition, long from, long to) {
        return live(partition).aborted(from, to);
    }

    void firstSince(QueueEntry partition, long timestamp, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        session.send(partition, new Command.FirstSince(partition, timestamp, isolation, session.here(reply)));
    }

    void greatestTimestamp(QueueEntry partition, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        session.send(partition, new Command.GreatestTimestamp(partition, isolation, session.here(reply)));
    }

    void deleteBefore(QueueEntry partition, long offset, Reply<Long> reply) {
        session.send(
                partition, new Command.DeleteBefore(partition, offset, session.fromShard(partition.shard(), reply)));
    }

    void producers(QueueEntry partition, Reply<List<ProducerStatus>> reply) {
        session.send(partition, new Command.Producers(partition, session.fromShard(partition.shard(), reply)));
    }

    /// Between its creation and its first moment in its shard, a partition is as one that is not there.
    private static LivePartition live(QueueEntry partition) {
        LivePartition live = partition.live();
        if (live == null) {
            throw new BrokerException.NotFound("no " + partition);
        }
        return live;
    }
}
