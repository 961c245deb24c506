package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.posthorn.verification.conformance.Amqp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the broker says of a message, said by a client of Kafka's in the same words: AMQP's consumers hear it of the
/// broker only.
@Timeout(120)
class ClaimsOfRecordsTest {
    private static final byte[] BODY = "v".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    /// A program that uses both protocols.
    private record Client(KafkaServer server, Connection connection, Channel channel) implements AutoCloseable {
        static Client of(KafkaServer server) throws Exception {
            Connection connection = server.amqpConnection();
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            return new Client(server, connection, channel);
        }

        void publish(String exchange, String key) throws Exception {
            var said = new BasicProperties.Builder()
                    .deliveryMode(2)
                    .userId("guest")
                    .headers(Map.of("n", 5, "user-id", "somebody"))
                    .build();
            channel.basicPublish(exchange, key, said, BODY);
            channel.waitForConfirmsOrDie(60_000);
        }

        void produce(String topic, Iterable<Header> headers) throws Exception {
            try (var producer =
                    new KafkaProducer<>(server.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(topic, 0, (byte[]) null, BODY, headers))
                        .get();
            }
        }

        ConsumerRecord<byte[], byte[]> first(String topic) {
            var partition = new TopicPartition(topic, 0);
            try (var consumer = new KafkaConsumer<>(
                    server.clientConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                return consumer.poll(Duration.ofSeconds(60)).iterator().next();
            }
        }

        GetResponse get(String queue) throws Exception {
            return Objects.requireNonNull(channel.basicGet(queue, true));
        }

        @Override
        public void close() {
            connection.abort();
            server.close();
        }
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertNothingIsClaimed(GetResponse got, String queue) {
        assertThat(got.getProps().getUserId()).isNull();
        assertThat(got.getEnvelope().getExchange()).isEmpty();
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(got.getProps().getHeaders())
                .doesNotContainKeys("posthorn-exchange", "posthorn-routing-key", "amqp-properties");
    }

    private static void assertIsThePublishers(GetResponse got) {
        assertThat(got.getProps().getUserId()).isEqualTo("guest");
        assertThat(got.getEnvelope().getExchange()).isEqualTo("amq.topic");
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("a.b");
        assertThat(got.getProps().getHeaders()).containsEntry("n", 5);
    }

    @Test
    void whatIsCopiedFromAMessageIsNotBelievedOfItsCopy() throws Exception {
        try (Client client = Client.of(KafkaServer.inDirectory(directory))) {
            client.channel().queueDeclare("from", true, false, false, null);
            client.channel().queueDeclare("copies", true, false, false, null);
            client.channel().queueBind("from", "amq.topic", "a.#");
            client.publish("amq.topic", "a.b");
            client.publish("amq.topic", "a.b");
            ConsumerRecord<byte[], byte[]> original = client.first("from");
            assertThat(original.headers().headers("user-id"))
                    .singleElement()
                    .satisfies(header -> assertThat(header.value()).asString().isEqualTo("guest"));
            for (int i = 0; i < 3; i++) {
                client.produce("copies", original.headers());
            }

            assertIsThePublishers(client.get("from"));
            assertNothingIsClaimed(client.get("copies"), "copies");
            assertThat(client.first("copies").headers()).isEqualTo(original.headers());
        }
        try (Client client = Client.of(KafkaServer.inDirectory(directory))) {
            assertIsThePublishers(client.get("from"));
            GetResponse copy = client.get("copies");
            assertNothingIsClaimed(copy, "copies");
            assertThat(copy.getProps().getHeaders())
                    .hasEntrySatisfying("user-id", value -> assertThat(value).hasToString("guest"));
        }
    }

    @Test
    void aRecordDoesNotChooseWhereItsDeadLetterGoes() throws Exception {
        try (Client client = Client.of(KafkaServer.inMemory())) {
            client.channel().queueDeclare("dead", true, false, false, null);
            client.channel().queueDeclare("chosen", true, false, false, null);
            client.channel().queueDeclare("q", true, false, false, Map.of("x-dead-letter-exchange", "amq.direct"));
            client.channel().queueBind("dead", "amq.direct", "q");
            client.channel().queueBind("chosen", "amq.direct", "chosen");
            client.produce("q", List.of(header("posthorn-routing-key", "chosen"), header("user-id", "somebody")));

            long tag = client.channel().basicGet("q", false).getEnvelope().getDeliveryTag();
            client.channel().basicReject(tag, false);
            Amqp.eventually(() -> client.channel().messageCount("dead") > 0);
            GetResponse dead = client.get("dead");
            assertThat(dead.getProps().getUserId()).isNull();
            assertThat(dead.getEnvelope().getRoutingKey()).isEqualTo("q");
            assertThat(client.channel().messageCount("chosen")).isZero();
        }
    }
}
