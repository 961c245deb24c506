package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A compacted topic as those see it who keep a table in one: whoever reads it from the start gets the last value of
/// each key.
@Execution(ExecutionMode.CONCURRENT)
class CompactedTopicTest {
    private static final TopicPartition TABLE = new TopicPartition("table", 0);

    /// So that it does not take a week.
    private static final Map<String, String> SOON = Map.of(
            "cleanup.policy",
            "compact",
            "segment.ms",
            "1000",
            "min.cleanable.dirty.ratio",
            "0.01",
            "delete.retention.ms",
            "1000");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static KafkaProducer<String, String> producer(KafkaServer server, Map<String, Object> more) {
        Map<String, Object> config = server.clientConfig();
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static long put(KafkaProducer<String, String> producer, String key, String value) throws Exception {
        return producer.send(new ProducerRecord<>(TABLE.topic(), key, value))
                .get()
                .offset();
    }

    private static void remove(KafkaProducer<String, String> producer, String key) throws Exception {
        producer.send(new ProducerRecord<>(TABLE.topic(), key, null)).get();
    }

    private static void putAll(KafkaProducer<String, String> producer, String value, boolean commits) {
        producer.beginTransaction();
        var _ = producer.send(new ProducerRecord<>(TABLE.topic(), "whole", value));
        if (commits) {
            producer.commitTransaction();
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    /// `key=value` of everything that is there.
    private static List<String> read(KafkaServer server, String isolation) {
        Map<String, Object> config = server.clientConfig();
        config.put("isolation.level", isolation);
        config.put("auto.offset.reset", "none");
        List<String> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(TABLE));
            consumer.seekToBeginning(List.of(TABLE));
            long end =
                    Objects.requireNonNull(consumer.endOffsets(List.of(TABLE)).get(TABLE));
            while (consumer.position(TABLE) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    found.add(record.key() + "=" + record.value());
                }
            }
        }
        return found;
    }

    private static void awaitUncommitted(KafkaServer server, Predicate<List<String>> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> found = read(server, "read_uncommitted");
        while (!wanted.test(found)) {
            assertThat(System.nanoTime()).as("still %s", found).isLessThan(deadline);
            found = read(server, "read_uncommitted");
        }
    }

    @Test
    void whoReadsFromTheStartGetsTheLastValueOfEachKey(@TempDir Path directory) throws Exception {
        long last;
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin();
                var writer = producer(server, Map.of());
                var transactions = producer(server, Map.of("transactional.id", "tables"))) {
            transactions.initTransactions();
            admin.createTopics(List.of(new NewTopic(TABLE.topic(), 1, (short) 1).configs(SOON)))
                    .all()
                    .get();
            for (int round = 1; round <= 5; round++) {
                for (String key : List.of("a", "b", "gone")) {
                    put(writer, key, key + round);
                }
                putAll(transactions, "whole" + round, round != 5);
            }
            remove(writer, "gone");
            put(writer, "z", "1");

            awaitUncommitted(server, found -> found.size() <= 5);
            assertThat(read(server, "read_committed")).contains("a=a5", "b=b5", "whole=whole4", "z=1");
            assertThat(read(server, "read_uncommitted")).doesNotContain("whole=whole5");

            // Its earlier batches are gone, and the broker knows it still.
            last = put(writer, "z", "2");
            putAll(transactions, "whole6", true);
            awaitUncommitted(server, found -> !found.contains("gone=null") && !found.contains("z=1"));
        }
        try (var server = KafkaServer.inDirectory(directory);
                var writer = producer(server, Map.of())) {
            assertThat(read(server, "read_committed")).containsExactly("a=a5", "b=b5", "z=2", "whole=whole6");
            // Its record, and the marker behind the transaction's.
            assertThat(put(writer, "z", "3")).isEqualTo(last + 3);
        }
    }
}
