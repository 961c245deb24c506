package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A queue and a topic of one name are one thing, whoever made it: with RabbitMQ's and Kafka's own clients, and with
/// pika beside kafka-python.
@Timeout(120)
class OneNameOneLogTest {
    private static final int MANY = 10_000;

    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();
    private Connection connection;
    private Channel channel;

    /// @param key of the record, as its header tells it
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Taken(@Nullable Object key, byte[] body, BasicProperties properties) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    @BeforeEach
    void connect() throws Exception {
        connection = server.amqpConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void close() {
        connection.abort();
        admin.close(Duration.ofSeconds(5));
        server.close();
    }

    private KafkaProducer<byte[], byte[]> producer(String codec) {
        Map<String, Object> config = new HashMap<>(server.clientConfig());
        config.put("compression.type", codec);
        config.put("linger.ms", 50);
        config.put("batch.size", 1 << 20);
        config.put("max.request.size", 2 << 20);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private BlockingQueue<Taken> consume(String queue, Map<String, Object> arguments) throws Exception {
        var taken = new LinkedBlockingQueue<Taken>();
        Channel own = connection.createChannel();
        own.basicQos(500);
        own.basicConsume(
                queue,
                false,
                "",
                false,
                false,
                arguments,
                (_, delivery) -> {
                    Map<String, Object> headers = delivery.getProperties().getHeaders();
                    Object key = headers == null ? null : headers.get("x-partition-key");
                    taken.add(new Taken(key, delivery.getBody(), delivery.getProperties()));
                    own.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
        return taken;
    }

    private static List<Taken> take(BlockingQueue<Taken> from, int count) throws InterruptedException {
        var all = new ArrayList<Taken>();
        while (all.size() < count) {
            Taken next = from.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("the message behind %d others", all.size()).isNotNull();
            all.add(next);
        }
        return all;
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int partitions, int count) {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(each -> new TopicPartition(topic, each))
                .toList();
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(server.clientConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (records.size() < count) {
                consumer.poll(Duration.ofSeconds(60)).forEach(records::add);
            }
        }
        return records;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void anAmqpConsumerTakesBatchesOfTenThousand(String codec) throws Exception {
        String topic = "many-" + codec;
        try (var producer = producer(codec)) {
            for (int i = 0; i < MANY; i++) {
                var _ = producer.send(new ProducerRecord<>(topic, bytes("v" + i)));
            }
        }
        channel.queueDeclare(topic, true, false, false, null);

        assertThat(take(consume(topic, Map.of()), MANY))
                .extracting(Taken::text)
                .containsExactlyElementsOf(
                        IntStream.range(0, MANY).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void strangeRecordsComeAsTheyAre() throws Exception {
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 7;
        try (var producer = producer("lz4")) {
            var _ = producer.send(new ProducerRecord<>("strange", new byte[] {(byte) 0xff, 0}, bytes("a binary key")));
            var _ = producer.send(new ProducerRecord<>("strange", bytes("key"), null));
            var _ = producer.send(new ProducerRecord<>("strange", bytes("key"), new byte[0]));
            var _ = producer.send(new ProducerRecord<>("strange", bytes("key"), large));
        }

        List<Taken> taken = take(consume("strange", Map.of()), 4);

        assertThat((byte[]) taken.getFirst().key()).containsExactly(0xff, 0);
        assertThat(taken.get(1).body()).isEmpty();
        assertThat(taken.get(1).properties().getHeaders()).containsEntry("x-tombstone", true);
        assertThat(taken.get(2).body()).isEmpty();
        assertThat(taken.get(2).properties().getHeaders()).doesNotContainKey("x-tombstone");
        assertThat(taken.get(2).key()).hasToString("key");
        assertThat(taken.get(3).body()).isEqualTo(large);
    }

    @Test
    void competingConsumersShareATopicThatAGroupReadsToo() throws Exception {
        admin.createTopics(List.of(new NewTopic("shared", 4, (short) 1))).all().get();
        BlockingQueue<Taken> one = consume("shared", Map.of());
        BlockingQueue<Taken> other = consume("shared", Map.of());
        try (var producer = producer("none")) {
            for (int i = 0; i < 400; i++) {
                var _ = producer.send(new ProducerRecord<>("shared", bytes("k" + i), bytes("v" + i)));
            }
        }

        List<String> expected = IntStream.range(0, 400).mapToObj(i -> "v" + i).toList();
        var both = new ArrayList<String>();
        while (both.size() < 400) {
            for (BlockingQueue<Taken> each : List.of(one, other)) {
                Taken next = each.poll(10, TimeUnit.MILLISECONDS);
                if (next != null) {
                    both.add(next.text());
                }
            }
        }
        assertThat(both).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(read("shared", 4, 400))
                .extracting(each -> new String(each.value(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void bothPublishAtOnceAndNothingIsLost() throws Exception {
        channel.queueDeclare("both", true, false, false, null);
        CompletableFuture<Void> byKafka = CompletableFuture.runAsync(() -> {
            try (var producer = producer("none")) {
                for (int i = 0; i < 500; i++) {
                    var _ = producer.send(new ProducerRecord<>("both", bytes("kafka" + i)));
                }
            }
        });
        for (int i = 0; i < 500; i++) {
            channel.basicPublish("", "both", MessageProperties.PERSISTENT_BASIC, bytes("amqp" + i));
        }
        channel.waitForConfirmsOrDie(60_000);
        byKafka.get();

        List<ConsumerRecord<byte[], byte[]>> read = read("both", 1, 1_000);
        assertThat(read).extracting(ConsumerRecord::offset).isSorted();
        List<String> values = read.stream()
                .map(each -> new String(each.value(), StandardCharsets.UTF_8))
                .toList();
        assertThat(values.stream().filter(each -> each.startsWith("amqp")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(i -> "amqp" + i).toList());
        assertThat(take(consume("both", Map.of()), 1_000))
                .extracting(Taken::text)
                .containsExactlyElementsOf(values);
    }

    @Test
    void aStreamConsumerAndKafkaReadTheSameStream() throws Exception {
        channel.queueDeclare("kept", true, false, false, Map.of("x-queue-type", "stream"));
        channel.basicPublish("", "kept", null, bytes("by amqp"));
        channel.waitForConfirmsOrDie(60_000);
        try (var producer = producer("zstd")) {
            var _ = producer.send(new ProducerRecord<>("kept", bytes("by kafka")));
        }

        assertThat(take(consume("kept", Map.of("x-stream-offset", "first")), 2))
                .extracting(Taken::text)
                .containsExactly("by amqp", "by kafka");
        assertThat(read("kept", 1, 2))
                .extracting(each -> new String(each.value(), StandardCharsets.UTF_8))
                .containsExactly("by amqp", "by kafka");
    }

    @Test
    void typedHeadersAreExactOnTheWayBackToAmqp() throws Exception {
        channel.queueDeclare("typed", true, false, false, null);
        Map<String, Object> headers = Map.of("n", 5, "flag", true, "list", List.of(1L, 2L), "x-partition-key", "k");
        var properties = new BasicProperties.Builder()
                .deliveryMode(2)
                .contentType("text/plain")
                .correlationId("c1")
                .expiration("3600000")
                .headers(headers)
                .build();
        channel.basicPublish("", "typed", properties, bytes("typed"));
        channel.waitForConfirmsOrDie(60_000);

        ConsumerRecord<byte[], byte[]> read = read("typed", 1, 1).getFirst();
        assertThat(read.key()).isEqualTo(bytes("k"));
        assertThat(read.headers().lastHeader("content-type").value()).isEqualTo(bytes("text/plain"));
        assertThat(read.headers().lastHeader("correlation-id").value()).isEqualTo(bytes("c1"));
        assertThat(read.headers().lastHeader("n").value()).isEqualTo(bytes("5"));
        BasicProperties back = take(consume("typed", Map.of()), 1).getFirst().properties();
        assertThat(back.getHeaders().get("n")).isEqualTo(5);
        assertThat(back.getHeaders().get("flag")).isEqualTo(true);
        assertThat(back.getHeaders().get("list")).isEqualTo(List.of(1L, 2L));
    }

    @Test
    void pikaTakesWhatKafkaPythonProduces() throws Exception {
        ForeignKafka.KAFKA_PYTHON.assumeAvailable();
        assertThat(ForeignKafka.KAFKA_PYTHON.run(server, "one_log", "produced", "event_queue"))
                .containsExactly("pika k0 v0 x", "pika k1 v1 x", "pika k2 v2 x");
    }

    @Test
    void kafkaPythonReadsWhatPikaPublishes() throws Exception {
        ForeignKafka.KAFKA_PYTHON.assumeAvailable();
        assertThat(ForeignKafka.KAFKA_PYTHON.run(server, "one_log", "published", "jobs"))
                .containsExactly(
                        "kafka 0 k0 v0 {'content-type': 'text/plain', 'h': 'x'}",
                        "kafka 1 k1 v1 {'content-type': 'text/plain', 'h': 'x'}",
                        "kafka 2 k2 v2 {'content-type': 'text/plain', 'h': 'x'}");
    }
}
