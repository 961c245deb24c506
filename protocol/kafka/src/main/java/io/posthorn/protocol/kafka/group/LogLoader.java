package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.PartitionWatcher;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer.UnknownRecordTypeException;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;

/// Gives the coordinator back what it has written into a partition, when it begins and when it has lost its way. Reads
/// on virtual threads of its own.
final class LogLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final System.Logger LOG = System.getLogger(LogLoader.class.getName());

    private static final int READ_BYTES = 1024 * 1024;

    /// After which what could not be read is read again.
    private static final long PATIENCE_MILLIS = 1_000;

    /// The coordinator may forget how to go back before what is committed, and each record that it could go back over
    /// costs memory.
    private static final long COMMIT_EVERY = 16_384;

    private final CoordinatorSession session;
    private final OffsetsTopic topic;
    private final LogPartitionWriter writer;
    private final Time clock;
    private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
    private volatile boolean isClosed;

    LogLoader(CoordinatorSession session, OffsetsTopic topic, LogPartitionWriter writer, Time clock) {
        this.session = session;
        this.topic = topic;
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<LoadSummary> load(TopicPartition at, CoordinatorPlayback<CoordinatorRecord> playback) {
        var loaded = new CompletableFuture<LoadSummary>();
        Thread.ofVirtual().name("kafka-groups-load-" + at.partition()).start(() -> {
            try {
                loaded.complete(new Load(at, topic.partition(at), playback).run());
            } catch (RuntimeException | InterruptedException e) {
                LOG.log(System.Logger.Level.ERROR, "groups in " + at + " cannot be loaded", e);
                loaded.completeExceptionally(e);
            }
        });
        return loaded;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    /// One partition, from its start to its end.
    private final class Load {
        private final TopicPartition at;
        private final Partition partition;
        private final CoordinatorPlayback<CoordinatorRecord> playback;
        private final long began = clock.milliseconds();
        private long written;
        private long committed;
        private long records;
        private long bytes;

        Load(TopicPartition at, Partition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
            this.at = at;
            this.partition = partition;
            this.playback = playback;
        }

        LoadSummary run() throws InterruptedException {
            awaitDurable(writer.end(at));
            Topics topics = session.topics();
            long end = partition.bounds().highWatermark();
            long next = partition.bounds().start();
            while (next < end) {
                try (PartitionSlice slice = read(topics, next)) {
                    if (slice.batches().isEmpty()) {
                        break;
                    }
                    for (RecordBatch batch : slice.batches()) {
                        replay(kafka(batch));
                        next = batch.lastOffset() + 1;
                        commitNowAndThen(next);
                    }
                    bytes += slice.sizeInBytes();
                }
            }
            // Also when compaction has left nothing up to there: the next record gets this offset.
            commit(end);
            return new LoadSummary(began, clock.milliseconds(), 0, records, bytes);
        }

        /// Groups wait until their past can be read: without it they would begin anew.
        private PartitionSlice read(Topics topics, long offset) {
            while (!isClosed) {
                try {
                    return topics.read(partition, offset, READ_BYTES, Isolation.READ_UNCOMMITTED);
                } catch (BrokerException.StorageFailed e) {
                    LOG.log(System.Logger.Level.ERROR, "groups in " + at + " cannot be read; it is tried again", e);
                    clock.sleep(PATIENCE_MILLIS);
                }
            }
            throw new NotCoordinatorException("the coordinator is stopping");
        }

        /// Only what is durable can be read, and the coordinator may have written more, before it lost its way.
        private void awaitDurable(long end) throws InterruptedException {
            var isDurable = new CountDownLatch(1);
            PartitionWatcher watcher = moved -> {
                if (moved.isDeleted() || moved.bounds().highWatermark() >= end) {
                    isDurable.countDown();
                }
            };
            partition.watch(watcher);
            try {
                watcher.moved(partition);
                isDurable.await();
            } finally {
                partition.unwatch(watcher);
            }
        }

        private static MutableRecordBatch kafka(RecordBatch batch) {
            return MemoryRecords.readableRecords(batch.bytes().asByteBuffer())
                    .batches()
                    .iterator()
                    .next();
        }

        private void replay(MutableRecordBatch batch) {
            for (Record record : batch) {
                records++;
                if (batch.isControlBatch()) {
                    replayMarker(batch, record);
                } else {
                    replay(batch, record);
                }
            }
        }

        private void replayMarker(MutableRecordBatch batch, Record record) {
            switch (ControlRecordType.parse(record.key())) {
                case COMMIT -> endTransaction(batch, TransactionResult.COMMIT);
                case ABORT -> endTransaction(batch, TransactionResult.ABORT);
                default -> {} // nothing of ours
            }
        }

        private void endTransaction(MutableRecordBatch batch, TransactionResult result) {
            playback.replayEndTransactionMarker(batch.producerId(), batch.producerEpoch(), result);
        }

        private void replay(MutableRecordBatch batch, Record record) {
            CoordinatorRecord known;
            try {
                known = serde.deserialize(record.key(), record.value());
            } catch (UnknownRecordTypeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} has a record of type {1}, from a newer version: it is left out",
                        at,
                        e.unknownType());
                return;
            }
            playback.replay(record.offset(), batch.producerId(), batch.producerEpoch(), known);
        }

        private void commitNowAndThen(long next) {
            if (next - committed >= COMMIT_EVERY) {
                commit(next);
            }
        }

        private void commit(long next) {
            if (next > written) {
                playback.updateLastWrittenOffset(next);
                written = next;
            }
            if (next > committed) {
                playback.updateLastCommittedOffset(next);
                committed = next;
            }
        }
    }
}
