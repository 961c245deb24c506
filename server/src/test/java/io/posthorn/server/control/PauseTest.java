package io.posthorn.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
        try (var server = start();
                var connection = connect(server);
                var channel = connection.createChannel()) {
            channel.queueDeclare("a queue", true, false, false, Map.of());
            control(server).pause("/", "a queue", "the database, it is away: ask 'ops'");
            channel.confirmSelect();
            channel.basicPublish("", "a queue", null, bytes("waits"));
            channel.waitForConfirmsOrDie();
            assertThat(channel.basicGet("a queue", true)).isNull();
            assertThat(control(server).queues("/"))
                    .containsExactly(
                            new QueueLine("a queue", "durable", 1, 0, 0, "the database, it is away: ask 'ops'"));
            channel.basicPublish("", "a queue", MessageProperties.MINIMAL_PERSISTENT_BASIC, bytes("stays"));
            channel.waitForConfirmsOrDie();
        }
        try (var server = start();
                var connection = connect(server);
                var channel = connection.createChannel()) {
            consume(channel);
            assertThat(control(server).queues("/").getFirst().paused()).startsWith("the database");
            assertThat(arrived).isEmpty();
            control(server).resume("/", "a queue");
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("stays");
            assertThat(control(server).queues("/").getFirst().paused()).isNull();
        }
    }

    @Test
    void messagesAreLookedAtAndStay() throws Exception {
        try (var server = start();
                var connection = connect(server);
                var channel = connection.createChannel()) {
            channel.queueDeclare("a queue", true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "a queue", null, bytes("first"));
            channel.basicPublish("amq.fanout", "lost", null, bytes("nowhere"));
            channel.basicPublish("", "a queue", null, new byte[1_000]);
            channel.waitForConfirmsOrDie();
            channel.basicGet("a queue", false);
            assertThat(control(server).peek("/", "a queue", "unsettled", 10))
                    .singleElement()
                    .satisfies(message -> assertThat(new String(message.body(), StandardCharsets.UTF_8))
                            .isEqualTo("first"));
            assertThat(control(server).peek("/", "a queue", "ready", 10))
                    .singleElement()
                    .satisfies(message -> {
                        assertThat(message.size()).isEqualTo(1_000);
                        assertThat(message.body()).hasSizeLessThan(1_000);
                    });
            assertThat(control(server).peek("/", "a queue", "dead", 10)).isEmpty();
            assertThat(control(server).queues("/").getFirst().ready()).isEqualTo(1);
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
        try (var server = start()) {
            assertThatThrownBy(() -> control(server).pause("/", "missing", "why not"))
                    .isInstanceOf(ControlException.class)
                    .hasMessage("no queue 'missing' in vhost '/'");
            assertThatThrownBy(() -> control(server).resume("/", "missing")).isInstanceOf(ControlException.class);
            assertThatThrownBy(() -> control(server).pause("nowhere", "q", "why not"))
                    .hasMessageContaining("nowhere");
        }
    }

    // A small file, so that the test does not fill a quarter of a gigabyte with zeros.
    private Server start() {
        return Server.start(ServerConfig.read(
                Map.of("--data", directory.toString(), "--amqp", "127.0.0.1:0"),
                Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB"),
                Optional.empty()));
    }

    private static ControlClient control(Server server) throws ControlException {
        return ControlClient.of(URI.create("amqp://127.0.0.1:" + port(server)));
    }

    private static int port(Server server) {
        return server.amqpAddress().orElseThrow().getPort();
    }

    private static Connection connect(Server server) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port(server));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
