package io.posthorn.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A queue paused over the control socket, as a client of AMQP sees it.
class PauseTest {
    @TempDir
    private Path directory = Path.of("");

    private final LinkedBlockingQueue<String> arrived = new LinkedBlockingQueue<>();

    @Test
    void aQueueIsPausedOverARestartAndResumed() throws Exception {
        try (var server = new ServerOnFiles(directory);
                var connection = server.connect();
                var channel = connection.createChannel()) {
            channel.queueDeclare("a queue", true, false, false, Map.of());
            pause(server, "/v1/vhosts/%2F/queues/a%20queue", "the database, it is away: ask 'ops'");
            channel.confirmSelect();
            channel.basicPublish("", "a queue", null, bytes("waits"));
            channel.waitForConfirmsOrDie();
            assertThat(channel.basicGet("a queue", true)).isNull();
            assertThat(paused(server)).isEqualTo("the database, it is away: ask 'ops'");
            channel.basicPublish("", "a queue", MessageProperties.MINIMAL_PERSISTENT_BASIC, bytes("stays"));
            channel.waitForConfirmsOrDie();
        }
        try (var server = new ServerOnFiles(directory);
                var connection = server.connect();
                var channel = connection.createChannel()) {
            consume(channel);
            assertThat(paused(server)).startsWith("the database");
            assertThat(arrived).isEmpty();
            server.control().delete("/v1/vhosts/%2F/queues/a%20queue/pause");
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("stays");
            assertThat(paused(server)).isEmpty();
        }
    }

    @Test
    void messagesAreLookedAtAndStay() throws Exception {
        try (var server = new ServerOnFiles(directory);
                var connection = server.connect();
                var channel = connection.createChannel()) {
            channel.queueDeclare("a queue", true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "a queue", null, bytes("first"));
            channel.basicPublish("amq.fanout", "lost", null, bytes("nowhere"));
            channel.basicPublish("", "a queue", null, new byte[1_000]);
            channel.waitForConfirmsOrDie();
            channel.basicGet("a queue", false);
            assertThat(peek(server, "unsettled"))
                    .singleElement()
                    .satisfies(message -> assertThat(message.text("body")).isEqualTo("first"));
            assertThat(peek(server, "ready")).singleElement().satisfies(message -> {
                assertThat(message.number("body_bytes")).isEqualTo(1_000);
                assertThat(message.text("body")).hasSizeLessThan(1_000);
            });
            assertThat(peek(server, "dead")).isEmpty();
            assertThat(peek(server, "ready")).hasSize(1);
        }
    }

    private void consume(Channel channel) throws Exception {
        channel.basicConsume(
                "a queue",
                true,
                (_, delivery) -> arrived.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                _ -> {});
    }

    @Test
    void whatCannotBePausedIsSaidWhy() throws Exception {
        try (var server = new ServerOnFiles(directory)) {
            assertThatThrownBy(() -> pause(server, "/v1/vhosts/%2F/queues/missing", "why not"))
                    .isInstanceOf(ApiException.NotFound.class)
                    .hasMessageContaining("no queue 'missing' in vhost '/'");
            assertThatThrownBy(() -> server.control().delete("/v1/vhosts/%2F/queues/missing/pause"))
                    .isInstanceOf(ApiException.NotFound.class);
            assertThatThrownBy(() -> pause(server, "/v1/vhosts/nowhere/queues/q", "why not"))
                    .isInstanceOf(ApiException.NotFound.class);
        }
    }

    private static void pause(ServerOnFiles server, String queue, String reason) {
        server.control()
                .put(queue + "/pause", Json.object().with("reason", reason).build());
    }

    private static String paused(ServerOnFiles server) {
        return server.control()
                .get("/api/queues/%2F?columns=name,paused_because")
                .elements()
                .getFirst()
                .text("paused_because");
    }

    private static List<Json> peek(ServerOnFiles server, String state) {
        return server.control()
                .get("/v1/vhosts/%2F/queues/a%20queue/messages?body=256&state=" + state)
                .get("messages")
                .elements();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
