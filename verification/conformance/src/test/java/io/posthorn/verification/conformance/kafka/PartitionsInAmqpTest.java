package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A topic of three partitions as AMQP's clients and the management API see it.
@Timeout(120)
class PartitionsInAmqpTest {
    private static final String TOPIC = "clicks";

    private final KafkaServer server = KafkaServer.managed();
    private final HttpClient http = HttpClient.newHttpClient();
    private Connection connection;
    private Channel channel;

    /// Three partitions of three records each: `0-0` is the first of the first.
    @BeforeEach
    void fill() throws Exception {
        connection = server.amqpConnection();
        channel = connection.createChannel();
        try (Admin admin = server.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 1))).all().get();
        }
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 9; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % 3, null, i % 3 + "-" + i / 3))
                        .get();
            }
        }
    }

    @AfterEach
    void close() {
        http.close();
        connection.abort();
        server.close();
    }

    private BlockingQueue<Delivery> consume(int prefetch, Map<String, Object> arguments) throws IOException {
        var taken = new LinkedBlockingQueue<Delivery>();
        channel.basicQos(prefetch);
        channel.basicConsume(TOPIC, false, "", false, false, arguments, (_, delivery) -> taken.add(delivery), _ -> {});
        return taken;
    }

    private static List<String> take(BlockingQueue<Delivery> from, int count) throws InterruptedException {
        var bodies = new ArrayList<String>();
        while (bodies.size() < count) {
            Delivery next = from.poll(60, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            bodies.add(body(next));
        }
        return bodies;
    }

    private static String body(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    private String ask(String method, String path, String body) throws Exception {
        int port = server.server().httpAddress().orElseThrow().getPort();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8)))
                .timeout(Duration.ofMinutes(1))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }

    private static List<String> found(String regex, String in) {
        return Pattern.compile(regex)
                .matcher(in)
                .results()
                .map(each -> each.group(1))
                .toList();
    }

    @Test
    void aStreamConsumerIsToldThePartitionAndGoesOnInOne() throws Exception {
        BlockingQueue<Delivery> all = consume(100, Map.of("x-stream-offset", "first"));
        for (int i = 0; i < 9; i++) {
            Delivery each = all.poll(60, TimeUnit.SECONDS);
            assertThat(each).isNotNull();
            Map<String, Object> headers = each.getProperties().getHeaders();
            assertThat(body(each)).isEqualTo(headers.get("x-stream-partition") + "-" + headers.get("x-stream-offset"));
            assertThat(each.getProperties().getMessageId()).isEqualTo(TOPIC + "-" + body(each));
        }

        assertThat(take(consume(100, Map.of("x-stream-partition", 2, "x-stream-offset", 1L)), 2))
                .containsExactly("2-1", "2-2");
        assertThat(take(consume(100, Map.of("x-stream-offset", "last")), 3))
                .containsExactlyInAnyOrder("0-2", "1-2", "2-2");
        assertThat(take(consume(100, Map.of("x-stream-offset", "1h")), 9)).contains("0-0", "1-0", "2-0");
        assertThat(take(consume(100, Map.of("x-stream-offset", 2)), 3)).containsExactlyInAnyOrder("0-2", "1-2", "2-2");
        assertThatThrownBy(() -> consume(100, Map.of("x-stream-partition", 3)))
                .hasStackTraceContaining("PRECONDITION_FAILED");
    }

    @Test
    void theLastMessageIsNoMarkerOfATransaction() throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.put("transactional.id", "t");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int i = 0; i < 3; i++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 3; partition++) {
                    var _ = producer.send(new ProducerRecord<>(TOPIC, partition, null, partition + "-t" + i));
                }
                producer.flush();
                if (i == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        assertThat(take(consume(100, Map.of("x-stream-offset", "last")), 3))
                .containsExactlyInAnyOrder("0-t0", "1-t0", "2-t0");
    }

    @Test
    void singleMessagesAreLookedAtAndTakenOutWhereverTheyAre() throws Exception {
        String messages = "/v1/vhosts/%2F/queues/" + TOPIC + "/messages";
        String first = ask("GET", messages + "?limit=4", "");
        String from = found("\"next\":\\s*(\\d+)", first).getFirst();
        String second = ask("GET", messages + "?limit=9&from=" + from, "");
        var seen = new ArrayList<>(found("\"message-id\":\\s*\"clicks-(...)\"", first));
        seen.addAll(found("\"message-id\":\\s*\"clicks-(...)\"", second));
        assertThat(seen).containsExactly("0-0", "1-0", "2-0", "0-1", "1-1", "2-1", "0-2", "1-2", "2-2");

        String id = found("\"id\":\\s*(\\d+)", first).get(2);
        ask("DELETE", messages + "/" + id, "");
        String got = ask(
                "POST",
                "/api/queues/%2F/" + TOPIC + "/get",
                "{\"count\":20,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"auto\"}");
        assertThat(found("\"payload\":\\s*\"(...)\"", got))
                .containsExactlyInAnyOrder("0-0", "0-1", "0-2", "1-0", "1-1", "1-2", "2-1", "2-2");
    }

    @Test
    void aPrefetchOfTheChannelThatComesLaterHoldsBesidesTheConsumersOwn() throws Exception {
        BlockingQueue<Delivery> taken = consume(4, Map.of());
        List<String> held = take(taken, 4);
        channel.basicQos(2, true);
        channel.basicAck(3, true);
        // One is held still, so that there is room for one.
        held.addAll(take(taken, 1));
        channel.basicQos(100, true);
        held.addAll(take(taken, 2));
        assertThat(taken).isEmpty();
        assertThat(held).doesNotHaveDuplicates();
    }
}
