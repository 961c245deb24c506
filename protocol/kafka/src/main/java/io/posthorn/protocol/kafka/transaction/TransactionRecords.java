package io.posthorn.protocol.kafka.transaction;

import static org.apache.kafka.common.requests.TransactionResult.ABORT;
import static org.apache.kafka.common.requests.TransactionResult.COMMIT;

import io.posthorn.log.Bytes;
import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue.PartitionsSchema;

/// The records of `__transaction_state`, as Kafka writes them, so that its tools read them.
final class TransactionRecords {
    private static final short KEY_VERSION = 0;
    private static final short VALUE_VERSION = 1;
    private static final long NO_START = -1;

    private TransactionRecords() {}

    static Bytes key(String transactionalId) {
        var key = new TransactionLogKey().setTransactionalId(transactionalId);
        return bytes(MessageUtil.toVersionPrefixedByteBuffer(KEY_VERSION, key));
    }

    static Bytes value(TransactionalProducer producer) {
        var value = new TransactionLogValue()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setPreviousProducerId(producer.previousProducerId())
                .setTransactionTimeoutMs(Math.toIntExact(producer.timeout().toMillis()))
                .setTransactionLastUpdateTimestampMs(producer.updated().toEpochMilli())
                .setClientTransactionVersion(producer.transactionVersion())
                .setTransactionStatus(status(producer.state()));
        switch (producer.state()) {
            case Empty _ -> value.setTransactionStartTimestampMs(NO_START).setTransactionPartitions(null);
            case Ongoing(var partitions, var start) -> put(value, partitions, start);
            case Prepared(var _, var partitions, var start, var nextProducerId) ->
                put(value, partitions, start).setNextProducerId(nextProducerId);
            case Completed(var _, var start) -> put(value, Set.of(), start);
        }
        return bytes(MessageUtil.toVersionPrefixedByteBuffer(VALUE_VERSION, value));
    }

    private static TransactionLogValue put(TransactionLogValue value, Set<TopicPartition> partitions, Instant start) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topic(), _ -> new ArrayList<>()).add(partition.partition());
        }
        var schemas = new ArrayList<PartitionsSchema>(byTopic.size());
        byTopic.forEach((topic, ids) ->
                schemas.add(new PartitionsSchema().setTopic(topic).setPartitionIds(ids)));
        return value.setTransactionPartitions(schemas).setTransactionStartTimestampMs(start.toEpochMilli());
    }

    /// @throws IllegalArgumentException when it is not the key of a transactional id
    static String transactionalId(Bytes key) {
        ByteBuffer buffer = key.asByteBuffer();
        short version = buffer.getShort();
        if (version != KEY_VERSION) {
            throw new IllegalArgumentException("a key of version " + version);
        }
        return new TransactionLogKey(new ByteBufferAccessor(buffer), KEY_VERSION).transactionalId();
    }

    /// @throws IllegalArgumentException when it is not a state of a transactional id
    static TransactionalProducer producer(Bytes bytes) {
        ByteBuffer buffer = bytes.asByteBuffer();
        short version = buffer.getShort();
        if (version < TransactionLogValue.LOWEST_SUPPORTED_VERSION
                || version > TransactionLogValue.HIGHEST_SUPPORTED_VERSION) {
            throw new IllegalArgumentException("a value of version " + version);
        }
        var value = new TransactionLogValue(new ByteBufferAccessor(buffer), version);
        return new TransactionalProducer(
                value.producerId(),
                value.producerEpoch(),
                value.previousProducerId(),
                // Kafka does not write it either: a retry of InitProducerId over a restart is fenced.
                TransactionalProducer.NO_EPOCH,
                Duration.ofMillis(value.transactionTimeoutMs()),
                value.clientTransactionVersion(),
                state(value),
                Instant.ofEpochMilli(value.transactionLastUpdateTimestampMs()));
    }

    private static TransactionState state(TransactionLogValue value) {
        Instant start = Instant.ofEpochMilli(value.transactionStartTimestampMs());
        return switch (value.transactionStatus()) {
            case 0 -> new Empty();
            case 1 -> new Ongoing(partitions(value), start);
            case 2 -> new Prepared(COMMIT, partitions(value), start, value.nextProducerId());
            case 3 -> new Prepared(ABORT, partitions(value), start, value.nextProducerId());
            case 4 -> new Completed(COMMIT, start);
            case 5 -> new Completed(ABORT, start);
            default -> throw new IllegalArgumentException("a transaction of status " + value.transactionStatus());
        };
    }

    private static byte status(TransactionState state) {
        return switch (state) {
            case Empty _ -> 0;
            case Ongoing _ -> 1;
            case Prepared prepared -> (byte) (prepared.result() == COMMIT ? 2 : 3);
            case Completed completed -> (byte) (completed.result() == COMMIT ? 4 : 5);
        };
    }

    private static Set<TopicPartition> partitions(TransactionLogValue value) {
        var partitions = new HashSet<TopicPartition>();
        if (value.transactionPartitions() != null) {
            for (PartitionsSchema topic : value.transactionPartitions()) {
                for (int partition : topic.partitionIds()) {
                    partitions.add(new TopicPartition(topic.topic(), partition));
                }
            }
        }
        return partitions;
    }

    /// How far producer ids are given out stands in the same log, in the same form, as the producer of the
    /// transactional id that nobody can have: the empty one.
    static TransactionalProducer reservation(long end, Instant now) {
        return new TransactionalProducer(
                end,
                (short) 0,
                RecordBatch.NO_PRODUCER_ID,
                TransactionalProducer.NO_EPOCH,
                Duration.ZERO,
                (short) 0,
                new Empty(),
                now);
    }

    private static Bytes bytes(ByteBuffer buffer) {
        return new Bytes(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    }
}
