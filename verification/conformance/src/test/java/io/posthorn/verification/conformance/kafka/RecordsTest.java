package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes in comes out, with Kafka's own producer and consumer.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings({"NullAway", "FutureReturnValueIgnored"}) // the client is not annotated
class RecordsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @AfterAll
    void close() {
        admin.close(Duration.ofSeconds(5));
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "none, all, true",
        "gzip, all, true",
        "snappy, all, true",
        "lz4, all, true",
        "zstd, all, true",
        "none, all, false",
        "zstd, all, false",
        "none, 1, false",
        "lz4, 1, false",
        "none, 0, false",
        "zstd, 0, false"
    })
    void everyCodecAndEveryWayToAcknowledge(String codec, String acks, String numbered) throws Exception {
        String topic = "codec-" + codec + "-" + acks + "-" + numbered;
        create(topic, 3, Map.of());
        var sent = new ArrayList<String>();
        try (var producer = producer(
                server, "compression.type", codec, "acks", acks, "enable.idempotence", numbered, "linger.ms", "5")) {
            for (int i = 0; i < 1_000; i++) {
                var record = new ProducerRecord<>(topic, bytes("k" + i), bytes("value " + i));
                record.headers().add(new RecordHeader("h", bytes("x"))).add(new RecordHeader("empty", null));
                producer.send(record);
                sent.add("k" + i + "=value " + i);
            }
        }
        List<ConsumerRecord<byte[], byte[]>> read = read(server, topic, sent.size());

        assertThat(read).extracting(RecordsTest::text).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(read).allSatisfy(record -> assertThat(record.headers()).hasSize(2));
    }

    @Test
    void whatIsEmptyAndWhatIsNotThereStayApart() throws Exception {
        create("empty", 1, Map.of());
        try (var producer = producer(server)) {
            producer.send(new ProducerRecord<>("empty", null, new byte[0]));
            producer.send(new ProducerRecord<>("empty", new byte[0], null));
            producer.send(new ProducerRecord<>("empty", new byte[] {0, -1, 7}, new byte[] {-128}));
        }
        List<ConsumerRecord<byte[], byte[]>> read = read(server, "empty", 3);

        assertThat(read.get(0).key()).isNull();
        assertThat(read.get(0).value()).isEmpty();
        assertThat(read.get(1).key()).isEmpty();
        assertThat(read.get(1).value()).isNull();
        assertThat(read.get(2).key()).containsExactly(0, -1, 7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "gzip"})
    void aRecordOfOneMebibyte(String codec) throws Exception {
        String topic = "large-" + codec;
        create(topic, 1, Map.of("max.message.bytes", "3000000"));
        byte[] large = new byte[1024 * 1024];
        new Random(1).nextBytes(large);
        try (var producer = producer(server, "compression.type", codec, "max.request.size", "3000000")) {
            for (int i = 0; i < 4; i++) {
                producer.send(new ProducerRecord<>(topic, large)).get();
            }
        }
        assertThat(read(server, topic, 4))
                .allSatisfy(record ->
                        assertThat(Arrays.equals(record.value(), large)).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd"})
    void batchesOfTenThousandRecords(String codec) throws Exception {
        String topic = "many-" + codec;
        create(topic, 1, Map.of());
        int count = 50_000;
        try (var producer = producer(
                server, "compression.type", codec, "batch.size", "1000000", "linger.ms", "1000", "acks", "1")) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, bytes(Integer.toString(i))));
            }
            producer.flush();
        }
        List<ConsumerRecord<byte[], byte[]>> read = read(server, topic, count);

        for (int i = 0; i < count; i++) {
            assertThat(read.get(i).offset()).isEqualTo(i);
            assertThat(new String(read.get(i).value(), StandardCharsets.UTF_8)).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void theOffsetAcknowledgedIsTheOffsetRead() throws Exception {
        create("acknowledged", 4, Map.of());
        Map<String, String> places = new HashMap<>();
        try (var producer = producer(server, "linger.ms", "2")) {
            var futures = new ArrayList<Future<RecordMetadata>>();
            for (int i = 0; i < 2_000; i++) {
                futures.add(producer.send(new ProducerRecord<>("acknowledged", bytes("k" + i), bytes("v" + i))));
            }
            for (int i = 0; i < futures.size(); i++) {
                RecordMetadata place = futures.get(i).get();
                places.put(place.partition() + "@" + place.offset(), "k" + i + "=v" + i);
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : read(server, "acknowledged", 2_000)) {
            assertThat(places.remove(record.partition() + "@" + record.offset()))
                    .isEqualTo(text(record));
        }
        assertThat(places).isEmpty();
    }

    @Test
    void aFetchSessionOverManyPartitionsMissesNothing() throws Exception {
        create("wide", 200, Map.of());
        try (var consumer = consumer(server);
                var producer = producer(server)) {
            consumer.assign(partitions("wide", 200));
            consumer.seekToBeginning(consumer.assignment());
            var random = new Random(7);
            for (int round = 0; round < 60; round++) {
                int partition = random.nextInt(200);
                producer.send(new ProducerRecord<>("wide", partition, null, bytes("round " + round)))
                        .get();

                ConsumerRecord<byte[], byte[]> found = poll(consumer, 1).getFirst();
                assertThat(found.partition()).isEqualTo(partition);
                assertThat(text(found)).isEqualTo("null=round " + round);
            }
        }
    }

    @Test
    void recordsAreFoundByTimeAndGivenUp() throws Exception {
        create("times", 1, Map.of());
        var partition = new TopicPartition("times", 0);
        long now = System.currentTimeMillis();
        try (var producer = producer(server)) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("times", 0, now + i * 10L, null, bytes("v" + i)))
                        .get();
            }
        }
        try (var consumer = consumer(server)) {
            assertThat(consumer.offsetsForTimes(Map.of(partition, now + 35))
                            .get(partition)
                            .offset())
                    .isEqualTo(4);
            assertThat(consumer.offsetsForTimes(Map.of(partition, now + 1_000)).get(partition))
                    .isNull();
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
        }
        assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                        .partitionResult(partition)
                        .get()
                        .offset())
                .isEqualTo(9);

        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                .all()
                .get();

        assertThat(read(server, "times", 4)).extracting(ConsumerRecord::offset).containsExactly(6L, 7L, 8L, 9L);
        try (var consumer = consumer(server, "auto.offset.reset", "none")) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 2);
            assertThat(failure(() -> poll(consumer, 1))).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void aTopicDecidesWhatItTakes() throws Exception {
        create("small", 1, Map.of("max.message.bytes", "1000"));
        create("timely", 1, Map.of("message.timestamp.before.max.ms", "1000"));
        create("arrival", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        create("squeezed", 1, Map.of("compression.type", "gzip"));
        try (var producer = producer(server)) {
            assertThat(failure(() -> producer.send(new ProducerRecord<>("small", new byte[2_000]))
                            .get()))
                    .isInstanceOf(RecordTooLargeException.class);
            assertThat(failure(() -> producer.send(new ProducerRecord<>("timely", 0, 1L, null, new byte[1]))
                            .get()))
                    .isInstanceOf(InvalidTimestampException.class);
            long before = System.currentTimeMillis();
            RecordMetadata arrived = producer.send(new ProducerRecord<>("arrival", 0, 1L, null, new byte[1]))
                    .get();
            assertThat(arrived.timestamp()).isGreaterThanOrEqualTo(before);
            assertThat(read(server, "arrival", 1).getFirst().timestamp()).isEqualTo(arrived.timestamp());
            producer.send(new ProducerRecord<>("squeezed", bytes("x".repeat(10_000))))
                    .get();
            assertThat(read(server, "squeezed", 1).getFirst().value()).hasSize(10_000);
        }
    }

    @Test
    void aBatchThatIsTooLargeIsSplitByItsProducer() throws Exception {
        create("split", 1, Map.of("max.message.bytes", "20000"));
        try (var producer = producer(
                server, "compression.type", "gzip", "batch.size", "900000", "linger.ms", "300", "acks", "all")) {
            var random = new Random(3);
            var futures = new ArrayList<Future<RecordMetadata>>();
            for (int i = 0; i < 50; i++) {
                byte[] noise = new byte[2_000];
                random.nextBytes(noise);
                futures.add(producer.send(new ProducerRecord<>("split", noise)));
            }
            for (var future : futures) {
                future.get();
            }
        }
        assertThat(read(server, "split", 50)).hasSize(50);
    }

    @Test
    void clientsGoOnAfterARestart(@TempDir Path directory) throws Exception {
        var sent = new ArrayList<String>();
        var acknowledged = new ArrayList<String>();
        KafkaServer first = KafkaServer.inDirectory(directory);
        int port = first.port();
        try (Admin its = first.admin()) {
            its.createTopics(List.of(new NewTopic("kept", 2, (short) 1))).all().get();
        }
        var producer = producer(first, "linger.ms", "1", "delivery.timeout.ms", "60000");
        var futures = new HashMap<String, Future<RecordMetadata>>();
        for (int i = 0; i < 500; i++) {
            send(producer, i, sent, futures);
        }
        producer.flush();
        for (int i = 500; i < 600; i++) {
            send(producer, i, sent, futures);
        }
        first.close();
        try (KafkaServer second = KafkaServer.inDirectory(directory, port)) {
            for (int i = 600; i < 1_000; i++) {
                send(producer, i, sent, futures);
            }
            for (String value : sent) {
                futures.get(value).get();
                acknowledged.add("null=" + value);
            }
            producer.close();

            assertThat(read(second, "kept", 1_000).stream()
                            .map(RecordsTest::text)
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(acknowledged);
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            int number,
            Collection<String> sent,
            Map<String, Future<RecordMetadata>> futures) {
        String value = "v" + number;
        sent.add(value);
        futures.put(value, producer.send(new ProducerRecord<>("kept", bytes(value))));
    }

    // ---- Clients

    private void create(String topic, int partitions, Map<String, String> config) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                .all()
                .get();
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaServer server, String... more) {
        Map<String, Object> config = server.clientConfig();
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaServer server, String... more) {
        Map<String, Object> config = server.clientConfig();
        config.put("auto.offset.reset", "earliest");
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Everything from the beginning, in the order of each partition.
    private static List<ConsumerRecord<byte[], byte[]>> read(KafkaServer server, String topic, int count) {
        try (var consumer = consumer(server)) {
            var partitions = partitions(topic, consumer.partitionsFor(topic).size());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return poll(consumer, count);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (found.size() < count && System.nanoTime() < end) {
            consumer.poll(Duration.ofSeconds(1)).forEach(found::add);
        }
        return found;
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TopicPartition(topic, i))
                .toList();
    }

    private static Throwable failure(Attempt attempt) {
        try {
            attempt.run();
            return new AssertionError("it was done");
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (Exception failed) {
            return failed;
        }
    }

    private interface Attempt {
        Object run() throws Exception;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return text(record.key()) + "=" + text(record.value());
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }
}
