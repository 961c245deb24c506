package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.posthorn.embedded.RunningServer;
import io.posthorn.events.Event;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Subscribe;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An event is the same event for everybody, each with the names that CloudEvents' binding gives it: with the library,
/// RabbitMQ's client, pika, Kafka's client and kcat.
@Timeout(120)
class CloudEventsTest {
    private static final String QUEUE = "posthorn.events.ledger";

    private final KafkaServer server = KafkaServer.inMemory();

    record OrderPaid(long id) {}

    /// Ways of the library to this server.
    enum Way {
        IN_PROCESS,
        AMQP
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Posthorn open(Way way) {
        return switch (way) {
            case IN_PROCESS ->
                Posthorn.builder("mem:")
                        .provider(new RunningServer(server.server()))
                        .source(URI.create("urn:shop"))
                        .open();
            case AMQP ->
                Posthorn.builder(server.amqp()).source(URI.create("urn:shop")).open();
        };
    }

    /// Nobody handles: what comes stays in the queue.
    private static void subscribe(Posthorn posthorn) {
        var _ = posthorn.bus()
                .subscribe(Subscribe.to(OrderPaid.class).durable("ledger"), (_, _) -> {})
                .close(Duration.ofSeconds(10));
    }

    private static BlockingQueue<Event<?>> handle(Posthorn posthorn) {
        var came = new LinkedBlockingQueue<Event<?>>();
        posthorn.bus()
                .subscribe(Subscribe.to(OrderPaid.class).durable("ledger"), (_, context) -> came.add(context.event()));
        return came;
    }

    private static Event<?> next(BlockingQueue<Event<?>> came) throws InterruptedException {
        return Objects.requireNonNull(came.poll(60, TimeUnit.SECONDS), "no event came");
    }

    private Map<String, String> readByKafka() {
        var partition = new TopicPartition(QUEUE, 0);
        try (var consumer =
                new KafkaConsumer<>(server.clientConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(60))) {
                    Map<String, String> headers = new HashMap<>();
                    each.headers()
                            .forEach(header ->
                                    headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
                    return headers;
                }
            }
        }
    }

    private interface AmqpUse<T> {
        T of(Channel channel) throws Exception;
    }

    private <T> T byAmqp(AmqpUse<T> use) throws Exception {
        try (var connection = server.amqpConnection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            T used = use.of(channel);
            channel.waitForConfirmsOrDie(60_000);
            return used;
        }
    }

    private BasicProperties takeByAmqp() throws Exception {
        GetResponse got = byAmqp(channel -> channel.basicGet(QUEUE, true));
        assertThat(got).isNotNull();
        return got.getProps();
    }

    private void produceByKafka() throws Exception {
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<byte[], byte[]>(QUEUE, bytes("{\"id\":42}"));
            record.headers()
                    .add("ce_specversion", bytes("1.0"))
                    .add("ce_id", bytes("k-1"))
                    .add("ce_source", bytes("urn:till"))
                    .add("ce_type", bytes("OrderPaid"))
                    .add("ce_region", bytes("north"))
                    .add("content-type", bytes("application/json"));
            producer.send(record).get();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheLibraryPublishesEachClientReadsByItsOwnNames(Way way) throws Exception {
        try (Posthorn posthorn = open(way)) {
            subscribe(posthorn);
            posthorn.bus()
                    .publish(
                            new OrderPaid(42),
                            Publish.about("order-42").id("e-1").extension("region", "north"));
        }
        assertThat(readByKafka())
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_id", "e-1")
                .containsEntry("ce_source", "urn:shop")
                .containsEntry("ce_type", "OrderPaid")
                .containsEntry("ce_subject", "order-42")
                .containsEntry("ce_region", "north")
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("cloudEvents:id");
        Map<String, Object> headers = new HashMap<>();
        BasicProperties properties = takeByAmqp();
        properties.getHeaders().forEach((name, value) -> headers.put(name, String.valueOf(value)));
        assertThat(headers)
                .containsEntry("cloudEvents:id", "e-1")
                .containsEntry("cloudEvents:source", "urn:shop")
                .containsEntry("cloudEvents:type", "OrderPaid")
                .containsEntry("cloudEvents:region", "north")
                .doesNotContainKey("ce_id");
        assertThat(properties.getContentType()).isEqualTo("application/json");
    }

    @ParameterizedTest
    @EnumSource
    void whatKafkaProducesTheLibraryUnderstands(Way way) throws Exception {
        try (Posthorn posthorn = open(way)) {
            BlockingQueue<Event<?>> came = handle(posthorn);
            produceByKafka();
            Event<?> event = next(came);
            assertThat(event.id()).isEqualTo("k-1");
            assertThat(event.source()).isEqualTo(URI.create("urn:till"));
            assertThat(event.extensions()).containsEntry("region", "north");
            assertThat(event.data()).isEqualTo(new OrderPaid(42));
        }
    }

    @Test
    void whatKafkaProducesAmqpReadsByItsOwnNames() throws Exception {
        try (Posthorn posthorn = open(Way.IN_PROCESS)) {
            subscribe(posthorn);
        }
        produceByKafka();
        Map<String, Object> headers = takeByAmqp().getHeaders();
        assertThat(headers.get("cloudEvents:id")).hasToString("k-1");
        assertThat(headers).doesNotContainKey("ce_id");
    }

    @Test
    void whatIsNoEventKeepsTheNamesThatItHas() throws Exception {
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<byte[], byte[]>(QUEUE, bytes("x"));
            record.headers().add("ce_id", bytes("mine"));
            producer.send(record).get();
        }
        assertThat(takeByAmqp().getHeaders().get("ce_id")).hasToString("mine");
    }

    @ParameterizedTest
    @EnumSource
    void aWholeDocumentOfAmqpIsAnEventToo(Way way) throws Exception {
        String document = """
                {"specversion":"1.0","id":"s-1","source":"urn:till","type":"OrderPaid","region":"north",
                 "data":{"id":42}}
                """;
        try (Posthorn posthorn = open(way)) {
            BlockingQueue<Event<?>> came = handle(posthorn);
            byAmqp(channel -> {
                var properties = new BasicProperties.Builder()
                        .contentType("application/cloudevents+json; charset=utf-8")
                        .deliveryMode(2)
                        .build();
                channel.basicPublish("posthorn.events", "$type.OrderPaid", properties, bytes(document));
                return properties;
            });
            Event<?> event = next(came);
            assertThat(event.id()).isEqualTo("s-1");
            assertThat(event.extensions()).containsEntry("region", "north");
            assertThat(event.data()).isEqualTo(new OrderPaid(42));
        }
    }

    @Test
    void kcatReadsAnEventByKafkasNames() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        try (Posthorn posthorn = open(Way.IN_PROCESS)) {
            subscribe(posthorn);
            posthorn.bus().publish(new OrderPaid(42), Publish.NORMALLY.id("e-1"));
            assertThat(ForeignKafka.KCAT.run(server, "-C", "-t", QUEUE, "-o", "beginning", "-e", "-q", "-f", "%h\\n"))
                    .singleElement()
                    .asString()
                    .contains("ce_id=e-1", "ce_type=OrderPaid", "ce_source=urn:shop");
        }
    }

    @Test
    void pikaReadsAndWritesEventsThatKafkaPythonReads() throws Exception {
        ForeignKafka.KAFKA_PYTHON.assumeAvailable();
        try (Posthorn posthorn = open(Way.IN_PROCESS)) {
            subscribe(posthorn);
            posthorn.bus().publish(new OrderPaid(42), Publish.NORMALLY.id("e-1"));
            assertThat(ForeignKafka.KAFKA_PYTHON.run(server, "cloud_events", "read", QUEUE))
                    .containsExactly("kafka e-1 OrderPaid", "pika e-1 OrderPaid");
            assertThat(ForeignKafka.KAFKA_PYTHON.run(server, "cloud_events", "write", QUEUE))
                    .containsExactly("kafka p-1 OrderPaid");
            Event<?> event = next(handle(posthorn));
            assertThat(event.id()).isEqualTo("p-1");
            assertThat(event.data()).isEqualTo(new OrderPaid(43));
        }
    }
}
