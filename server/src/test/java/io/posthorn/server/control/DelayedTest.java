package io.posthorn.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Delayed messages, listed and cancelled over the control socket.
class DelayedTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void waitingMessagesAreListedAndCancelledOverARestart() throws Exception {
        Instant before = Instant.now();
        try (var server = start()) {
            publish(server, 3_600_000, 60_000, 500_000_000_000L);
            assertThat(control(server).delayed("/", "a delay", 10))
                    .extracting(DelayedLine::size)
                    .containsExactly(5, 7, 12);
        }
        try (var server = start()) {
            List<DelayedLine> waiting = control(server).delayed("/", "a delay", 2);
            assertThat(waiting).extracting(DelayedLine::routingKey).containsExactly("a key", "a key");
            assertThat(waiting.getFirst().dueAt())
                    .isBetween(before.plusMillis(60_000), Instant.now().plusMillis(60_000));
            long id = waiting.getFirst().id();
            assertThat(control(server).cancelDelayed("/", "a delay", id)).isTrue();
            assertThat(control(server).cancelDelayed("/", "a delay", id)).isFalse();
            assertThat(control(server).delayed("/", "a delay", 10))
                    .extracting(DelayedLine::size)
                    .containsExactly(7, 12);
        }
    }

    @Test
    void onlyExchangesThatDelayCanBeAsked() throws Exception {
        try (var server = start()) {
            assertThatThrownBy(() -> control(server).delayed("/", "missing", 10))
                    .hasMessageContaining("no exchange 'missing'");
            assertThatThrownBy(() -> control(server).delayed("/", "amq.direct", 10))
                    .hasMessageContaining("delays no messages");
        }
    }

    /// Each body has as many bytes as its delay has digits.
    private static void publish(Server server, long... delays) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port(server));
        try (var connection = factory.newConnection();
                var channel = connection.createChannel()) {
            channel.exchangeDeclare("a delay", "x-delayed-message", true, false, Map.of("x-delayed-type", "topic"));
            channel.confirmSelect();
            for (long delay : delays) {
                var properties = new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-delay", delay))
                        .build();
                byte[] body = Long.toString(delay).getBytes(StandardCharsets.UTF_8);
                channel.basicPublish("a delay", "a key", properties, body);
            }
            channel.waitForConfirmsOrDie();
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
}
