package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Transactions with Kafka's own client, which gets a new epoch with each of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransactionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @AfterAll
    void close() {
        admin.close();
        server.close();
    }

    private static KafkaProducer<String, String> producer(KafkaServer at, String transactionalId, String... more) {
        Map<String, Object> config = at.clientConfig();
        config.put("transactional.id", transactionalId);
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private KafkaProducer<String, String> producer(String transactionalId, String... more) {
        return producer(server, transactionalId, more);
    }

    private static KafkaConsumer<String, String> consumer(KafkaServer at, String isolation) {
        Map<String, Object> config = at.clientConfig();
        config.put("isolation.level", isolation);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("allow.auto.create.topics", "false");
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /// What a reader of this isolation finds up to its end.
    private static List<String> read(KafkaServer at, String topic, String isolation) {
        try (var consumer = consumer(at, isolation)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var values = new ArrayList<String>();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < end(ends, each))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return Objects.requireNonNull(ends.get(partition));
    }

    private List<String> committed(String topic) {
        return read(server, topic, "read_committed");
    }

    private List<String> everything(String topic) {
        return read(server, topic, "read_uncommitted");
    }

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private static ProducerRecord<String, String> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, "key", value);
    }

    // ---- What readers see

    @Test
    void whatIsCommittedIsReadInAllPartitionsAndNotBefore() throws Exception {
        create("commit", 3);
        try (var producer = producer("committer")) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int partition = 0; partition < 3; partition++) {
                producer.send(record("commit", partition, "value" + partition)).get();
            }
            assertThat(committed("commit")).isEmpty();
            assertThat(everything("commit")).containsExactlyInAnyOrder("value0", "value1", "value2");

            producer.commitTransaction();
            awaitEnd("committer");
            assertThat(committed("commit")).containsExactlyInAnyOrder("value0", "value1", "value2");
        }
    }

    @Test
    void whatIsAbortedIsNeverReadByThoseWhoReadWhatIsCommitted() throws Exception {
        create("abort", 2);
        try (var producer = producer("aborter")) {
            producer.initTransactions();
            for (int i = 0; i < 10; i++) {
                producer.beginTransaction();
                producer.send(record("abort", i % 2, "value" + i)).get();
                if (i % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        awaitEnd("aborter");
        assertThat(committed("abort"))
                .containsExactlyInAnyOrder("value1", "value2", "value4", "value5", "value7", "value8");
        assertThat(everything("abort")).hasSize(10);
    }

    @Test
    void manyTransactionsOneBehindTheOther() throws Exception {
        create("many", 4);
        try (var producer = producer("busy")) {
            producer.initTransactions();
            for (int i = 0; i < 200; i++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 4; partition++) {
                    var _ = producer.send(record("many", partition, i + "/" + partition));
                }
                producer.commitTransaction();
            }
        }
        awaitEnd("busy");
        assertThat(committed("many")).hasSize(800).doesNotHaveDuplicates();
    }

    /// An answer to a commit says that it is decided; readers learn it a little later.
    private void awaitEnd(String transactionalId) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (describe(transactionalId).state() != TransactionState.COMPLETE_COMMIT
                && describe(transactionalId).state() != TransactionState.COMPLETE_ABORT) {
            if (System.nanoTime() > until) {
                throw new AssertionError(describe(transactionalId));
            }
            Thread.onSpinWait();
        }
    }

    private TransactionDescription describe(String transactionalId) throws Exception {
        return Objects.requireNonNull(
                admin.describeTransactions(List.of(transactionalId)).all().get().get(transactionalId));
    }

    // ---- Who may write

    @Test
    void aSecondInstanceFencesTheFirstAndAbortsWhatItHasBegun() throws Exception {
        create("fencing", 1);
        try (var first = producer("one-at-a-time");
                var second = producer("one-at-a-time")) {
            first.initTransactions();
            first.beginTransaction();
            first.send(record("fencing", 0, "of the first")).get();

            second.initTransactions();
            assertThatThrownBy(first::commitTransaction).isInstanceOf(ProducerFencedException.class);

            second.beginTransaction();
            var _ = second.send(record("fencing", 0, "of the second"));
            second.commitTransaction();
        }
        awaitEnd("one-at-a-time");
        assertThat(committed("fencing")).containsExactly("of the second");
    }

    @Test
    void whatIsOpenForTooLongIsAborted() throws Exception {
        create("timeout", 1);
        try (var producer = producer("slow", "transaction.timeout.ms", "1000")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("timeout", 0, "too late")).get();
            awaitEnd("slow");

            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
        assertThat(committed("timeout")).isEmpty();
    }

    @Test
    void aTimeoutLongerThanTheBrokersIsRefused() {
        try (var producer = producer("patient", "transaction.timeout.ms", "900001")) {
            assertThatThrownBy(producer::initTransactions)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("transaction timeout");
        }
    }

    // ---- Offsets

    @Test
    void offsetsAreCommittedWithTheTransactionOrNotAtAll() throws Exception {
        create("input", 1);
        create("output", 1);
        try (var feeder = producer("feeder")) {
            feeder.initTransactions();
            feeder.beginTransaction();
            for (int i = 0; i < 10; i++) {
                var _ = feeder.send(record("input", 0, "value" + i));
            }
            feeder.commitTransaction();
        }
        var source = new TopicPartition("input", 0);
        ConsumerGroupMetadata group = group("transformers");
        try (var producer = producer("transformer")) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(record("output", 0, "aborted"));
            producer.sendOffsetsToTransaction(Map.of(source, new OffsetAndMetadata(3)), group);
            producer.abortTransaction();
            awaitEnd("transformer");
            assertThat(offset("transformers", source)).isEqualTo(-1);

            producer.beginTransaction();
            var _ = producer.send(record("output", 0, "committed"));
            producer.sendOffsetsToTransaction(Map.of(source, new OffsetAndMetadata(7)), group);
            producer.commitTransaction();
            awaitEnd("transformer");
            assertThat(offset("transformers", source)).isEqualTo(7);
        }
        assertThat(committed("output")).containsExactly("committed");
    }

    /// Of a consumer that chooses its partitions itself.
    private ConsumerGroupMetadata group(String name) {
        Map<String, Object> config = server.clientConfig();
        config.put("group.id", name);
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            return consumer.groupMetadata();
        }
    }

    private long offset(String group, TopicPartition partition) throws Exception {
        OffsetAndMetadata offset = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition);
        return offset == null ? -1 : offset.offset();
    }

    // ---- Restarts

    @Test
    void anOpenTransactionIsOpenAfterARestartUntilItsProducerComesBack(@TempDir Path directory) throws Exception {
        try (KafkaServer before = KafkaServer.inDirectory(directory);
                Admin there = before.admin()) {
            there.createTopics(List.of(new NewTopic("restart", 1, (short) 1)))
                    .all()
                    .get();
            try (var committer = producer(before, "done")) {
                committer.initTransactions();
                committer.beginTransaction();
                var _ = committer.send(record("restart", 0, "before"));
                committer.commitTransaction();
            }
            var open = producer(before, "open");
            open.initTransactions();
            open.beginTransaction();
            open.send(record("restart", 0, "half done")).get();
            open.close(Duration.ZERO);
        }
        try (KafkaServer after = KafkaServer.inDirectory(directory);
                Admin there = after.admin();
                var successor = producer(after, "open")) {
            assertThat(there.describeTransactions(List.of("open")).all().get().values())
                    .singleElement()
                    .satisfies(open -> {
                        assertThat(open.state()).isEqualTo(TransactionState.ONGOING);
                        assertThat(open.topicPartitions()).containsExactly(new TopicPartition("restart", 0));
                    });
            assertThat(read(after, "restart", "read_committed")).containsExactly("before");

            successor.initTransactions();
            successor.beginTransaction();
            successor.send(record("restart", 0, "after")).get();
            assertThat(read(after, "restart", "read_committed")).containsExactly("before");
            successor.abortTransaction();
            successor.beginTransaction();
            successor.send(record("restart", 0, "at last")).get();
            successor.commitTransaction();
            successor.beginTransaction();
            var _ = successor.send(record("restart", 0, "one more"));
            successor.abortTransaction();
            assertThat(read(after, "restart", "read_committed")).contains("before", "at last");
            assertThat(read(after, "restart", "read_committed")).doesNotContain("half done", "after");
        }
    }

    // ---- Administrators

    @Test
    void administratorsListTransactionsAndLookAtThem() throws Exception {
        create("looked-at", 2);
        try (var producer = producer("looked-at-1")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("looked-at", 1, "value")).get();

            TransactionDescription described = describe("looked-at-1");
            assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(described.topicPartitions()).containsExactly(new TopicPartition("looked-at", 1));
            assertThat(described.transactionTimeoutMs()).isEqualTo(60_000);
            assertThat(described.transactionStartTimeMs()).isPresent();

            assertThat(list(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING))))
                    .contains("looked-at-1");
            assertThat(list(new ListTransactionsOptions().filterProducerIds(Set.of(described.producerId()))))
                    .containsExactly("looked-at-1");
            assertThat(list(new ListTransactionsOptions().filterOnTransactionalIdPattern("looked.*")))
                    .containsExactly("looked-at-1");
            assertThat(list(new ListTransactionsOptions().filterOnDuration(3_600_000)))
                    .doesNotContain("looked-at-1");
            producer.abortTransaction();
        }
    }

    private List<String> list(ListTransactionsOptions options) throws Exception {
        return admin.listTransactions(options).all().get().stream()
                .map(TransactionListing::transactionalId)
                .toList();
    }

    @Test
    void administratorsFenceProducers() throws Exception {
        create("fenced", 1);
        try (var producer = producer("to-be-fenced")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("fenced", 0, "value")).get();
            admin.fenceProducers(List.of("to-be-fenced")).all().get();
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(ProducerFencedException.class);
        }
        assertThat(committed("fenced")).isEmpty();
    }

    @Test
    void administratorsAbortWhatHangsInOnePartition() throws Exception {
        create("hanging", 1);
        var partition = new TopicPartition("hanging", 0);
        try (var producer = producer("hangs")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("hanging", 0, "hangs")).get();
            ProducerState state = Objects.requireNonNull(admin.describeProducers(List.of(partition))
                            .all()
                            .get()
                            .get(partition))
                    .activeProducers()
                    .getFirst();
            assertThat(state.currentTransactionStartOffset()).hasValue(0);

            admin.abortTransaction(new AbortTransactionSpec(
                            partition,
                            state.producerId(),
                            (short) state.producerEpoch(),
                            state.coordinatorEpoch().orElse(0)))
                    .all()
                    .get();
            try (var reader = consumer(server, "read_committed")) {
                assertThat(reader.endOffsets(List.of(partition))).containsEntry(partition, 2L);
            }
        }
        assertThat(committed("hanging")).isEmpty();
    }

    // ---- Producers without transactions

    @Test
    void aBatchThatIsSentTwiceIsThereOnce() throws Exception {
        create("idempotent", 1);
        Map<String, Object> config = new HashMap<>(server.clientConfig());
        config.put("enable.idempotence", "true");
        config.put("batch.size", "1");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 100; i++) {
                var _ = producer.send(record("idempotent", 0, "value" + i));
            }
            producer.flush();
        }
        assertThat(everything("idempotent")).hasSize(100).doesNotHaveDuplicates();
    }
}
