package io.posthorn.broker;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Cursors;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionRead;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.Topics;
import io.posthorn.broker.topic.TopicsListener;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.TopicEntry;
import io.posthorn.log.ReadMemory;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The topics of one session: asks whether it may, and lets the topology's manager or the partitions do it.
final class LocalTopics implements Topics {
    private final LocalBroker broker;
    private final LocalSession session;
    private final LocalPartitions partitions;
    private final LocalCursors cursors;

    LocalTopics(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
        this.partitions = new LocalPartitions(session);
        this.cursors = new LocalCursors(broker, session);
    }

    @Override
    public Catalogue catalogue() {
        return new LocalCatalogue(broker.topology().virtualHost(session.virtualHost()));
    }

    @Override
    public AutoCloseable listen(TopicsListener listener) {
        return broker.topicListeners().add(session.virtualHost(), listener);
    }

    @Override
    public boolean may(Permission permission, String topic) {
        return session.guard().may(permission, topic);
    }

    @Override
    public boolean permits(Permission permission, String topic) {
        return session.guard().permits(permission, topic);
    }

    // ---- Which topics there are

    @Override
    public void create(TopicSpec spec, Reply<Topic> reply) {
        if (allows(Permission.CONFIGURE, spec.name(), reply)) {
            broker.manager()
                    .createTopic(
                            session.virtualHost(),
                            spec,
                            session.principal().isOwner(),
                            session.here(noting("create", spec.name(), reply)));
        }
    }

    @Override
    public void delete(Topic topic, Reply<Done> reply) {
        QueueEntry head = ((TopicEntry) topic).head();
        if (session.guard().allowsIfInternal(topic.name(), reply)
                && allows(Permission.CONFIGURE, topic.name(), reply)) {
            broker.manager().deleteQueue(head, session.here(noting("delete", topic.name(), reply)));
        }
    }

    @Override
    public void addPartitions(Topic topic, int partitions, Reply<Topic> reply) {
        if (session.guard().allowsIfInternal(topic.name(), reply)
                && allows(Permission.CONFIGURE, topic.name(), reply)) {
            broker.manager()
                    .addPartitions(
                            (TopicEntry) topic,
                            partitions,
                            session.here(noting("add partitions to", topic.name(), reply)));
        }
    }

    @Override
    public void configure(Topic topic, Map<String, String> config, Reply<Topic> reply) {
        if (allows(Permission.CONFIGURE, topic.name(), reply)) {
            broker.manager()
                    .configureTopic((TopicEntry) topic, config, session.here(noting("configure", topic.name(), reply)));
        }
    }

    // ---- What is in them

    @Override
    public void append(Partition to, RecordBatch batch, AppendRule rule, Reply<Appended> reply) {
        boolean isOwn = rule.origin() != AppendRule.Origin.CLIENT;
        if ((isOwn || session.guard().allowsIfInternal(to.topic(), reply))
                && allows(Permission.WRITE, to.topic(), reply)) {
            partitions.append(entry(to), batch, rule, reply);
        }
    }

    @Override
    public @Nullable PartitionSlice readTail(Partition from, long offset, int maxBytes, Isolation isolation) {
        checkRead(from);
        return partitions.readTail(entry(from), offset, maxBytes, isolation);
    }

    @Override
    public PartitionSlice read(Partition from, long offset, int maxBytes, Isolation isolation) {
        checkRead(from);
        return partitions.read(entry(from), offset, maxBytes, isolation);
    }

    @Override
    public @Nullable PartitionRead readInto(
            Partition from, long offset, int maxBytes, Isolation isolation, ReadMemory memory) {
        checkRead(from);
        return partitions.readInto(entry(from), offset, maxBytes, isolation, memory);
    }

    @Override
    public List<AbortedTransaction> aborted(Partition partition, long from, long to) {
        checkRead(partition);
        return partitions.aborted(entry(partition), from, to);
    }

    @Override
    public void firstSince(
            Partition partition, long timestamp, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        if (allowsToSee(partition, reply)) {
            partitions.firstSince(entry(partition), timestamp, isolation, reply);
        }
    }

    @Override
    public void greatestTimestamp(Partition partition, Isolation isolation, Reply<Optional<TimedOffset>> reply) {
        if (allowsToSee(partition, reply)) {
            partitions.greatestTimestamp(entry(partition), isolation, reply);
        }
    }

    @Override
    public void deleteBefore(Partition partition, long offset, Reply<Long> reply) {
        if (session.guard().allowsIfInternal(partition.topic(), reply)
                && allows(Permission.READ, partition.topic(), reply)) {
            partitions.deleteBefore(
                    entry(partition),
                    offset,
                    session.principal().isOwner()
                            ? reply // the broker tidies up
                            : noting(
                                    "delete records before " + offset + " of partition " + partition.index() + " of",
                                    partition.topic(),
                                    reply));
        }
    }

    @Override
    public Cursors cursors() {
        return cursors;
    }

    @Override
    public void producers(Partition partition, Reply<List<ProducerStatus>> reply) {
        if (allows(Permission.READ, partition.topic(), reply)) {
            partitions.producers(entry(partition), reply);
        }
    }

    /// Every partition is the broker's own.
    private static QueueEntry entry(Partition partition) {
        return (QueueEntry) partition;
    }

    private boolean allows(Permission permission, String topic, Reply<?> reply) {
        return session.guard().allowsQueue(permission, topic, reply);
    }

    /// Writes down what was done.
    private <T> Reply<T> noting(String verb, String topic, Reply<T> reply) {
        return session.guard().noting(verb, "topic", topic, reply);
    }

    private boolean allowsToSee(Partition partition, Reply<?> reply) {
        return session.guard().allowsToSeeQueue(partition.topic(), reply);
    }

    /// What a session remembers of its rights is its io thread's; others ask anew.
    private void checkRead(Partition partition) {
        if (session.spec().io().isCurrentThread()) {
            session.guard().check(Permission.READ, partition.topic());
        } else {
            broker.access()
                    .rights(session.spec().principal(), session.virtualHost())
                    .checkQueue(Permission.READ, partition.topic());
        }
    }
}
