package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.PosthornProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A producer goes on with its transactions while the broker is killed again and again.
class TransactionCrashesTest {
    private static final int PARTITIONS = 3;
    private static final int CRASHES = 4;
    private static final int BETWEEN = 40;
    private static final String TOPIC = "crashes";
    private static final String LAST = "last";

    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Semaphore progress = new Semaphore(0);
    private volatile boolean isOver;

    @Test
    void everyTransactionIsInAllItsPartitionsOrInNone(@TempDir Path data) throws Exception {
        try (PosthornProcess broker = PosthornProcess.startWithKafka(data)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()))) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }
            Thread producing = Thread.ofVirtual().start(() -> produce(broker.kafka()));
            for (int crash = 0; crash < CRASHES; crash++) {
                assertThat(progress.tryAcquire(BETWEEN, 60, TimeUnit.SECONDS)).isTrue();
                broker.kill();
                broker.restart();
            }
            isOver = true;
            producing.join();
            commit(producer(broker.kafka()), LAST);

            Map<String, Integer> found = read(broker.kafka());
            assertThat(found.values()).containsOnly(PARTITIONS);
            assertThat(found.keySet()).containsAll(confirmed);
        }
    }

    /// Goes on with a new instance where the client says that the old one cannot.
    private void produce(String address) {
        KafkaProducer<String, String> producer = producer(address);
        for (int number = 0; !isOver; number++) {
            String value = Integer.toString(number);
            try {
                commit(producer, value);
                confirmed.add(value);
                progress.release();
            } catch (KafkaException lost) {
                producer.close(Duration.ZERO);
                producer = producer(address);
            }
        }
        producer.close(Duration.ZERO);
    }

    private static KafkaProducer<String, String> producer(String address) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                address,
                "transactional.id",
                "goes-on",
                "reconnect.backoff.max.ms",
                "100",
                "max.block.ms",
                "120000");
        var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private static void commit(KafkaProducer<String, String> producer, String value) {
        producer.beginTransaction();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var _ = producer.send(new ProducerRecord<>(TOPIC, partition, value, value));
        }
        producer.commitTransaction();
    }

    /// How many times each value is there for those who read what is committed, before the last one.
    private static Map<String, Integer> read(String address) {
        Map<String, Object> config = Map.of("bootstrap.servers", address, "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new TopicPartition(TOPIC, partition));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<String, Integer> found = new HashMap<>();
            while (found.getOrDefault(LAST, 0) < PARTITIONS) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> found.merge(Objects.requireNonNull(record.value()), 1, Integer::sum));
            }
            return found;
        }
    }
}
