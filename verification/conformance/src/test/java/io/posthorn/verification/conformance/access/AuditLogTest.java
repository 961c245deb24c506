package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.verification.conformance.Amqp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The audit log has who did what and what was refused, whatever they speak, and no secret.
final class AuditLogTest {
    private static final String PASSWORD = "planted-password";

    @TempDir
    private static Path directory = Path.of("");

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = Server.start(ServerConfig.read(
                Map.of(
                        "--data",
                        directory.toString(),
                        "--amqp",
                        "127.0.0.1:0",
                        "--kafka",
                        "127.0.0.1:0",
                        "--http",
                        "127.0.0.1:0"),
                Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "16MiB"),
                Optional.empty()));
        assertThat(put("users/clerk", "{\"password\":\"%s\",\"tags\":\"management\"}".formatted(PASSWORD)))
                .isEqualTo(201);
        assertThat(put("permissions/%2F/clerk", "{\"configure\":\"^c\",\"write\":\"^c\",\"read\":\"^c\"}"))
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatIsBoundAndUnboundOverAmqpIsWrittenDown() throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("q\r\nforged", true, false, false, Map.of());
            channel.exchangeDeclare("x", "fanout", true);
            channel.queueBind("q\r\nforged", "amq.direct", "key");
            channel.exchangeBind("x", "amq.topic", "a.*");
            channel.exchangeUnbind("x", "amq.topic", "a.*");
            channel.queueUnbind("q\r\nforged", "amq.direct", "key");
            channel.queuePurge("q\r\nforged");
        }

        // The broker itself takes line breaks out of names, as RabbitMQ does.
        assertThat(await("purge queue 'qforged'"))
                .contains(line("bind queue 'qforged' to exchange 'amq.direct' by 'key' in vhost '/'"))
                .contains(line("bind exchange 'x' to exchange 'amq.topic' by 'a.*' in vhost '/'"))
                .contains(line("unbind exchange 'x' to exchange 'amq.topic' by 'a.*' in vhost '/'"))
                .contains(line("unbind queue 'qforged' to exchange 'amq.direct' by 'key' in vhost '/'"));
    }

    @Test
    void ofThousandsOfBindingsIsWrittenDownHowMany() throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("many", true, false, false, Map.of());
            for (int i = 0; i < 5_000; i++) {
                channel.queueBindNoWait("many", "amq.direct", "burst-" + i, Map.of());
            }
            channel.queueDeclarePassive("many");
        }

        String log = await("bind or unbind ");
        long oneByOne = log.lines().filter(line -> line.contains("by 'burst-")).count();
        long counted = log.lines()
                .filter(line -> line.contains("bind or unbind "))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*bind or unbind (\\d+) more.*", "$1")))
                .sum();
        assertThat(oneByOne + counted).isEqualTo(5_000);
        assertThat(oneByOne).isLessThan(5_000);
    }

    @Test
    void whatIsDoneAndRefusedOverHttpIsWrittenDown() throws Exception {
        put("queues/%2F/h", "{\"durable\":true}");
        put("exchanges/%2F/hx", "{\"type\":\"fanout\"}");
        assertThat(send("POST", "bindings/%2F/e/hx/q/h", "{\"routing_key\":\"k\"}", "guest:guest"))
                .isEqualTo(201);
        assertThat(send("DELETE", "bindings/%2F/e/hx/q/h/k", "", "guest:guest")).isEqualTo(204);
        put("vhost-limits/%2F/max-queues", "{\"value\":100}");
        assertThat(send("GET", "users", "", "clerk:" + PASSWORD)).isEqualTo(401);
        assertThat(send("GET", "auth/hash_password/planted-in-a-path", "", "clerk:" + PASSWORD))
                .isIn(200, 401);
        Connection toClose = connect();
        assertThat(send("DELETE", "connections/username/guest", "", "guest:guest"))
                .isEqualTo(204);
        Amqp.eventually(() -> !toClose.isOpen());

        assertThat(await("connections of user 'guest'"))
                .contains("what=\"bind queue 'h' to exchange 'hx' by 'k' in vhost '/'\"")
                .contains("what=\"unbind queue 'h' to exchange 'hx' by 'k' in vhost '/'\"")
                .contains("what=\"set limit max-queues to 100 in vhost '/'\"")
                .containsPattern("result=\"Not administrator user\" who=\"clerk\" from=\".+\" what=\"GET /api/users\"")
                .contains("put user 'clerk'")
                .doesNotContain("planted");
    }

    @Test
    void whatIsDoneAndRefusedOverKafkaIsWrittenDown() throws Exception {
        var partition = new TopicPartition("k", 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka()))) {
            admin.createTopics(List.of(new NewTopic("k", 1, (short) 1))).all().get();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0)))
                    .all()
                    .get();
            admin.alterConsumerGroupOffsets("readers", Map.of(partition, new OffsetAndMetadata(0)))
                    .all()
                    .get();
            admin.deleteConsumerGroupOffsets("readers", Set.of(partition)).all().get();
            admin.alterConsumerGroupOffsets("readers", Map.of(partition, new OffsetAndMetadata(0)))
                    .all()
                    .get();
            admin.deleteConsumerGroups(List.of("readers")).all().get();
            admin.deleteTopics(List.of("k")).all().get();
        }
        try (Admin clerk = Admin.create(asClerk())) {
            assertThatThrownBy(() -> clerk.createTopics(List.of(new NewTopic("theirs", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }

        assertThat(await("kafka CreateTopics"))
                .contains("what=\"create topic 'k' in vhost '/'\"")
                .contains("what=\"delete records before 0 of partition 0 of topic 'k' in vhost '/'\"")
                .contains("what=\"delete offsets of group 'readers' in partitions 0 of topic 'k'\"")
                .contains("what=\"delete group 'readers'\"")
                .contains("what=\"delete topic 'k' in vhost '/'\"")
                .containsPattern("result=\"[^\"]*uthoriz[^\"]*\" who=\"clerk\" from=\".+\" what=\"kafka CreateTopics\"")
                .doesNotContain("planted");
    }

    private static String line(String what) {
        return "what=\"" + what + "\"";
    }

    private static Map<String, Object> asClerk() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", kafka());
        config.put("security.protocol", "SASL_PLAINTEXT");
        config.put("sasl.mechanism", "PLAIN");
        config.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"clerk\" password=\"%s\";"
                        .formatted(PASSWORD));
        return config;
    }

    private static String kafka() {
        return "127.0.0.1:" + server.kafkaAddress().orElseThrow().getPort();
    }

    private static Connection connect() throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static int put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, body, "guest:guest");
    }

    private static int send(String method, String path, String body, String credentials)
            throws IOException, InterruptedException {
        String authorization =
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/%s"
                            .formatted(server.httpAddress().orElseThrow().getPort(), path)))
                    .header("authorization", authorization)
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    /// It is written soon, on a thread of its own.
    private static String await(String last) throws Exception {
        Path file = directory.resolve("audit.log");
        Amqp.eventually(() -> Files.readString(file).contains(last));
        return Files.readString(file);
    }
}
