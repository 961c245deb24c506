package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a message is beside its body and headers, as Kafka's clients and AMQP's tell it to each other.
@Timeout(120)
class MappedPropertiesTest {
    private static final long HOUR = 3_600_000;

    private final KafkaServer server = KafkaServer.inMemory();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        connection = server.amqpConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void close() {
        connection.abort();
        server.close();
    }

    private void produce(String topic, long timestamp, String value, Header... headers) throws Exception {
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, timestamp, null, value, List.of(headers)))
                    .get();
        }
    }

    private static Header header(String name, Object value) {
        return new RecordHeader(name, value.toString().getBytes(StandardCharsets.UTF_8));
    }

    private ConsumerRecord<String, String> read(String topic) {
        var partition = new TopicPartition(topic, 0);
        try (var consumer =
                new KafkaConsumer<>(server.clientConfig(), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return consumer.poll(Duration.ofSeconds(60)).iterator().next();
        }
    }

    private static String text(ConsumerRecord<String, String> record, String name) {
        Header header = Objects.requireNonNull(record.headers().lastHeader(name), name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private GetResponse get(String queue) throws Exception {
        return channel.basicGet(queue, true);
    }

    @Test
    void aPlainRecordHasAnIdAndATimeInAmqp() throws Exception {
        produce("plain", 1_700_000_000_123L, "v");

        BasicProperties told = get("plain").getProps();
        assertThat(told.getMessageId()).isEqualTo("plain-0-0");
        assertThat(told.getTimestamp()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(told.getHeaders()).containsEntry("timestamp_in_ms", 1_700_000_000_123L);
        assertThat(told.getExpiration()).isNull();
    }

    @Test
    void aRecordsPriorityAndEndAreAmqpsProperties() throws Exception {
        channel.queueDeclare("levels", true, false, false, Map.of("x-max-priority", 10));
        long now = System.currentTimeMillis();
        produce("levels", now, "low", header("priority", 1));
        produce("levels", now, "high", header("priority", 8), header("expires", now + HOUR), header("message-id", "m"));

        GetResponse high = get("levels");
        assertThat(high.getBody()).asString().isEqualTo("high");
        assertThat(high.getProps().getPriority()).isEqualTo(8);
        assertThat(high.getProps().getExpiration()).isEqualTo("" + HOUR);
        assertThat(high.getProps().getMessageId()).isEqualTo("m");
        assertThat(high.getProps().getHeaders()).doesNotContainKeys("priority", "expires");
        assertThat(get("levels").getProps().getPriority()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsOverIsDeadLettered() throws Exception {
        channel.queueDeclare("dead", true, false, false, null);
        channel.queueDeclare(
                "q", true, false, false, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        long now = System.currentTimeMillis();
        produce("q", now, "over", header("expires", 1_000));
        produce("q", now, "stays", header("expires", "tomorrow"));

        GetResponse stays = get("q");
        assertThat(stays.getBody()).asString().isEqualTo("stays");
        assertThat(stays.getProps().getHeaders().get("expires")).hasToString("tomorrow");
        GetResponse dead = get("dead");
        while (dead == null) {
            dead = get("dead");
        }
        assertThat(dead.getBody()).asString().isEqualTo("over");
        assertThat(dead.getProps().getMessageId()).isEqualTo("q-0-0");
        assertThat(dead.getProps().getHeaders()).containsEntry("timestamp_in_ms", now);
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // the client has timestamps as dates
    void amqpsPropertiesAreHeadersForKafka() throws Exception {
        channel.queueDeclare("jobs", true, false, false, null);
        Map<String, Object> headers = new HashMap<>();
        headers.put("timestamp_in_ms", 1_700_000_000_123L);
        headers.put("x-group-id", "g");
        var properties = new BasicProperties.Builder()
                .deliveryMode(2)
                .priority(5)
                .expiration("" + HOUR)
                .messageId("m")
                .timestamp(new java.util.Date(1_700_000_000_000L))
                .headers(headers)
                .build();
        long before = System.currentTimeMillis();
        channel.basicPublish("", "jobs", properties, "v".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(60_000);

        ConsumerRecord<String, String> read = read("jobs");
        assertThat(read.key()).isEqualTo("g");
        assertThat(read.timestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(text(read, "priority")).isEqualTo("5");
        assertThat(text(read, "message-id")).isEqualTo("m");
        assertThat(Long.parseLong(text(read, "expires"))).isBetween(before + HOUR, System.currentTimeMillis() + HOUR);
        BasicProperties back = get("jobs").getProps();
        assertThat(back.getExpiration()).isEqualTo("" + HOUR);
        assertThat(back.getPriority()).isEqualTo(5);
        assertThat(back.getTimestamp()).isEqualTo(properties.getTimestamp());
    }

    @Test
    void anAmqpPublishersOwnHeadersOfThoseNamesMeanNothing() throws Exception {
        channel.queueDeclare("own", true, false, false, Map.of("x-max-priority", 10));
        var properties = new BasicProperties.Builder()
                .headers(Map.of("expires", 1L, "priority", "9"))
                .build();
        channel.basicPublish("", "own", properties, "v".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(60_000);

        BasicProperties back = get("own").getProps();
        assertThat(back.getHeaders()).containsEntry("expires", 1L);
        assertThat(back.getPriority()).isNull();
    }

    @Test
    void kcatAndPikaTellEachOther(@TempDir Path folder) throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        ForeignKafka.KAFKA_PYTHON.assumeAvailable();
        long end = System.currentTimeMillis() + HOUR;
        for (String value : List.of("first", "last")) {
            Path file = Files.writeString(folder.resolve(value), value);
            ForeignKafka.KCAT.run(
                    server, "-P", "-t", "told", "-H", "priority=3", "-H", "expires=" + end, file.toString());
        }

        assertThat(ForeignKafka.KAFKA_PYTHON.run(server, "one_log", "properties", "told"))
                .satisfiesExactly(
                        line -> assertThat(line).matches("pika first told-0-0 3 3[56]\\d{5} True"),
                        line -> assertThat(line).matches("pika last told-0-1 3 3[56]\\d{5} True"),
                        line -> assertThat(line).isEqualTo("kafka 7 13 1700000000000"));
    }
}
