package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.VirtualHostSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The virtual host that Kafka's clients see is deleted and made again under coordinators that are at work.
@Execution(ExecutionMode.CONCURRENT)
class DeletedHostTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    /// A minute of them.
    private static final int MOST_POLLS = 600;

    @Test
    void groupsAndTransactionsBeginAnew() throws Exception {
        try (KafkaServer server = KafkaServer.inMemory()) {
            long before = produceInATransaction(server, "old");
            assertThat(readInAGroup(server)).containsExactly("old 0", "old 1", "old 2");

            server.apply(new AdminChange.DeleteVirtualHost("/"));
            server.apply(new AdminChange.PutVirtualHost(VirtualHostSpec.named("/")));
            server.apply(new AdminChange.SetPermissions("guest", "/", PermissionPatterns.EVERYTHING));

            long after = produceInATransaction(server, "new");
            assertThat(readInAGroup(server)).containsExactly("new 0", "new 1", "new 2");
            // Who has the old one may be about still.
            assertThat(after).as("a producer id").isGreaterThan(before);
        }
    }

    /// @return the producer's id
    private static long produceInATransaction(KafkaServer server, String what) throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.put("transactional.id", "writer");
        try (Admin admin = server.admin();
                var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                var _ = producer.send(new ProducerRecord<>("orders", what + " " + i));
            }
            producer.commitTransaction();
            return admin.describeProducers(List.of(ORDERS)).partitionResult(ORDERS).get().activeProducers().stream()
                    .mapToLong(ProducerState::producerId)
                    .max()
                    .orElseThrow();
        }
    }

    /// Reads three, and commits.
    private static List<String> readInAGroup(KafkaServer server) throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.putAll(Map.of("group.id", "readers", "auto.offset.reset", "earliest", "enable.auto.commit", "false"));
        List<String> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
                Admin admin = server.admin()) {
            consumer.subscribe(List.of("orders"));
            for (int polls = 0; polls < MOST_POLLS && read.size() < 3; polls++) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
            }
            consumer.commitSync(Map.of(ORDERS, new OffsetAndMetadata(3)));
            var committed = admin.listConsumerGroupOffsets("readers")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(Objects.requireNonNull(committed.get(ORDERS)).offset()).isEqualTo(3);
        }
        return read;
    }
}
