package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a share group refuses, or gets too often, and where it goes.
@Timeout(120)
class ShareGroupsDeadLettersTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @BeforeEach
    void configure() throws Exception {
        GroupConfig.quick(admin, "workers");
        GroupConfig.set(
                admin, "workers", Map.of("share.auto.offset.reset", "earliest", "share.delivery.count.limit", "2"));
    }

    @AfterEach
    void close() {
        admin.close();
        server.close();
    }

    @Test
    void whatAQueueGivesUpGoesThroughItsDeadLetterExchange() throws Exception {
        try (Connection connection = server.amqpConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("dead", true, false, false, Map.of());
            channel.queueDeclare(
                    "orders",
                    true,
                    false,
                    false,
                    Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
            var dead = new LinkedBlockingQueue<Delivery>();
            channel.basicConsume("dead", true, (_, delivery) -> dead.add(delivery), _ -> {});
            produce("refused", "kept", "released");
            try (var member =
                    ShareMember.deciding(server, "workers", ShareGroupsDeadLettersTest::refuseSome, "orders")) {
                member.take(4);
                var reasons = new TreeMap<String, @Nullable Object>();
                for (int i = 0; i < 2; i++) {
                    Delivery each = dead.take();
                    reasons.put(
                            new String(each.getBody(), StandardCharsets.UTF_8),
                            String.valueOf(each.getProperties().getHeaders().get("x-first-death-reason")));
                }
                assertThat(reasons).isEqualTo(Map.of("refused", "rejected", "released", "delivery_limit"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAGroupGivesUpGoesToItsTopicOfDeadLetters(boolean copies) throws Exception {
        createTopics("true");
        GroupConfig.set(
                admin, "workers", Map.of("errors.deadletterqueue.copy.record.enable", Boolean.toString(copies)));
        produce("refused", "kept", "released");
        try (var member = ShareMember.deciding(server, "workers", ShareGroupsDeadLettersTest::refuseSome, "orders")) {
            member.take(4);
            List<ConsumerRecord<String, String>> dead = deadLetters(2);
            assertThat(dead)
                    .extracting(ConsumerRecord::value)
                    .containsExactly(copies("refused", copies), copies("released", copies));
            assertThat(dead)
                    .extracting(ConsumerRecord::key)
                    .containsExactly(copies("key", copies), copies("key", copies));
            assertThat(headers(dead.getFirst()))
                    .isEqualTo(Map.of(
                            "topic", "orders",
                            "partition", "0",
                            "offset", "0",
                            "group", "workers",
                            "delivery.count", "1",
                            "message", "Offset rejected by client."));
            assertThat(headers(dead.getLast()))
                    .containsEntry("offset", "2")
                    .containsEntry("delivery.count", "2")
                    .containsEntry("message", "Offset delivery count exceeded the threshold.");
        }
    }

    @Test
    void aTopicThatIsNotForDeadLettersGetsNone() throws Exception {
        createTopics("false");
        produce("refused", "kept");
        try (var member = ShareMember.deciding(server, "workers", ShareGroupsDeadLettersTest::refuseSome, "orders")) {
            member.take(2);
        }
        assertThat(deadLetters(0)).isEmpty();
    }

    @Test
    void aRefusalIsAnsweredWhenItsDeadLetterIsThere() throws Exception {
        createTopics("true");
        produce("refused");
        var partition = new TopicPartition("dlq.orders", 0);
        var answers = new LinkedBlockingQueue<Object>();
        ShareMember.Handler refusing = (consumer, record) -> {
            consumer.acknowledge(record, AcknowledgeType.REJECT);
            answers.addAll(consumer.commitSync().values());
            answers.add(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .offset());
        };
        try (var _ = ShareMember.deciding(server, "workers", refusing, "orders")) {
            assertThat(answers.take()).isEqualTo(Optional.empty());
            assertThat(answers.take()).isEqualTo(1L);
        }
    }

    /// Refuses one record, and releases another whenever it comes.
    private static void refuseSome(KafkaShareConsumer<String, String> consumer, ConsumerRecord<String, String> record) {
        consumer.acknowledge(
                record,
                switch (record.value()) {
                    case "refused" -> AcknowledgeType.REJECT;
                    case "released" -> AcknowledgeType.RELEASE;
                    default -> AcknowledgeType.ACCEPT;
                });
    }

    private static @Nullable String copies(String value, boolean copies) {
        return copies ? value : null;
    }

    private void createTopics(String areDeadLettersAllowed) throws Exception {
        var dead = new NewTopic("dlq.orders", 1, (short) 1)
                .configs(Map.of("errors.deadletterqueue.group.enable", areDeadLettersAllowed));
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1), dead))
                .all()
                .get();
        GroupConfig.set(admin, "workers", Map.of("errors.deadletterqueue.topic.name", "dlq.orders"));
    }

    private static Map<String, String> headers(ConsumerRecord<String, String> record) {
        var headers = new HashMap<String, String>();
        record.headers().forEach(each -> {
            if (each.key().startsWith("__dlq.errors.")) {
                headers.put(
                        each.key().substring("__dlq.errors.".length()),
                        new String(each.value(), StandardCharsets.UTF_8));
            }
        });
        return headers;
    }

    private List<ConsumerRecord<String, String>> deadLetters(int count) {
        var all = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer =
                new KafkaConsumer<>(server.clientConfig(), new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition("dlq.orders", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            do {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            } while (all.size() < count);
        }
        return all;
    }

    private void produce(String... values) throws Exception {
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>("orders", 0, "key", value)).get();
            }
        }
    }
}
