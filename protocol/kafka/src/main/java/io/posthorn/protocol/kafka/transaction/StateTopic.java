package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/// `__transaction_state`: a topic like any other, compacted. Thread-safe.
///
/// It keeps the number of partitions that it was made with, since a transactional id's name decides where
/// it is kept.
final class StateTopic implements TransactionLog {
    static final String NAME = org.apache.kafka.common.internals.Topic.TRANSACTION_STATE_TOPIC_NAME;

    /// Kafka makes 50, to spread them over many nodes.
    private static final int PARTITIONS = 8;

    private static final int READ_BYTES = 1024 * 1024;

    private static final Map<String, String> CONFIG = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.COMPRESSION_TYPE_CONFIG,
            "uncompressed",
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(100 * 1024 * 1024));

    private static final int IDS_BITS = 32;

    /// What is written here is no marker.
    private static final short NO_TRANSACTIONS = 0;

    private static final System.Logger LOG = System.getLogger(StateTopic.class.getName());

    private final CoordinatorSession session;
    private final InstantSource clock;
    private volatile List<Partition> partitions = List.of();
    private volatile long number;

    StateTopic(CoordinatorSession session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    @Override
    public boolean exists() {
        return find() != null;
    }

    private @Nullable Topic find() {
        return session.topics().catalogue().named(NAME);
    }

    @Override
    public void create() {
        try {
            partitions = session.create(new TopicSpec(NAME, PARTITIONS, CONFIG)).partitions();
        } catch (BrokerException.AlreadyExists e) {
            LOG.log(Level.DEBUG, "{0} is there already", NAME);
        }
    }

    // ---- Reading

    @Override
    public Map<String, TransactionalProducer> load() {
        Topic topic = find();
        if (topic == null) {
            throw new BrokerException.NotFound("no topic '" + NAME + "'");
        }
        partitions = topic.partitions();
        number = topic.id();
        var loaded = new HashMap<String, TransactionalProducer>();
        for (Partition partition : partitions) {
            load(partition, loaded);
        }
        return loaded;
    }

    private void load(Partition partition, Map<String, TransactionalProducer> loaded) {
        Topics topics = session.topics();
        long end = partition.bounds().highWatermark();
        long next = partition.bounds().start();
        while (next < end) {
            try (PartitionSlice slice = topics.read(partition, next, READ_BYTES, Isolation.READ_UNCOMMITTED)) {
                if (slice.batches().isEmpty()) {
                    return;
                }
                for (RecordBatch batch : slice.batches()) {
                    load(batch, loaded);
                    next = batch.lastOffset() + 1;
                }
            }
        }
    }

    private static void load(RecordBatch batch, Map<String, TransactionalProducer> loaded) {
        for (RecordCursor records = batch.records(); records.next(); ) {
            try {
                load(records.key(), records.value(), loaded);
            } catch (IllegalArgumentException | NullPointerException e) {
                LOG.log(Level.WARNING, "%s has a record that is not understood: %s".formatted(NAME, e));
            }
        }
    }

    private static void load(@Nullable Bytes key, @Nullable Bytes value, Map<String, TransactionalProducer> loaded) {
        if (key == null) {
            throw new IllegalArgumentException("it has no key");
        }
        String transactionalId = TransactionRecords.transactionalId(key);
        if (value == null) {
            loaded.remove(transactionalId);
        } else {
            loaded.put(transactionalId, TransactionRecords.producer(value));
        }
    }

    /// The first producer id that is this topic's to give out. Topics of this name come and go with their virtual host,
    /// and clients that have an id of an earlier one may be about still: each has more ids of its own than are ever
    /// given out. After [#load].
    long firstId() {
        return number << IDS_BITS;
    }

    /// @param action once the topic that was loaded is gone, with its virtual host, perhaps more than once;
    /// on the thread of a shard
    void whenDeleted(Runnable action) {
        CoordinatorSession.whenDeleted(partitions.getFirst(), action);
    }

    // ---- Writing

    @Override
    public int partitionOf(String transactionalId) {
        return (transactionalId.hashCode() & Integer.MAX_VALUE) % partitions.size();
    }

    @Override
    public CompletionStage<?> write(int partition, List<Fact> facts) {
        var batch = new BatchBuilder();
        long now = clock.millis();
        for (Fact fact : facts) {
            TransactionalProducer producer = fact.producer();
            batch.add(
                    now,
                    TransactionRecords.key(fact.transactionalId()),
                    producer == null ? null : TransactionRecords.value(producer),
                    List.of());
        }
        return session.appendDurably(partitions.get(partition), batch.build(), NO_TRANSACTIONS);
    }
}
