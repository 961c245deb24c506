package io.posthorn.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.RestartableServer;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Endpoint;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.ManagementClient;
import io.posthorn.server.config.ServerConfig;
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
            assertThat(delayed(server, "a%20delay", 10))
                    .extracting(DelayedTest::size)
                    .containsExactly(5L, 7L, 12L);
        }
        try (var server = start()) {
            List<Json> waiting = delayed(server, "a%20delay", 2);
            assertThat(waiting)
                    .extracting(message -> message.text("routing_key"))
                    .containsExactly("a key", "a key");
            assertThat(Instant.parse(waiting.getFirst().text("due_at")))
                    .isBetween(before.plusMillis(60_000), Instant.now().plusMillis(60_000));
            String one = "/v1/vhosts/%2F/exchanges/a%20delay/delayed/"
                    + waiting.getFirst().text("id");
            control(server).delete(one);
            assertThatThrownBy(() -> control(server).delete(one)).isInstanceOf(ApiException.NotFound.class);
            assertThat(delayed(server, "a%20delay", 10))
                    .extracting(DelayedTest::size)
                    .containsExactly(7L, 12L);
        }
    }

    @Test
    void onlyExchangesThatDelayCanBeAsked() throws Exception {
        try (var server = start()) {
            assertThatThrownBy(() -> delayed(server, "missing", 10)).hasMessageContaining("no exchange 'missing'");
            assertThatThrownBy(() -> delayed(server, "amq.direct", 10)).hasMessageContaining("delays no messages");
        }
    }

    /// Each body has as many bytes as its delay has digits.
    private static void publish(RestartableServer server, long... delays) throws Exception {
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
    private RestartableServer start() {
        return RestartableServer.start(ServerConfig.read(
                Map.of(
                        "--data",
                        directory.toString(),
                        "--amqp",
                        "127.0.0.1:0",
                        "--kafka",
                        "off",
                        "--http",
                        "127.0.0.1:0"),
                Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB"),
                Optional.empty()));
    }

    private static List<Json> delayed(RestartableServer server, String exchange, int count) {
        return control(server)
                .get("/v1/vhosts/%2F/exchanges/" + exchange + "/delayed?limit=" + count)
                .get("messages")
                .elements();
    }

    private static long size(Json message) {
        return message.number("body_bytes");
    }

    private static ManagementClient control(RestartableServer server) {
        return new ManagementClient(new Endpoint.Local(port(server)), ManagementClient.USUAL_PATIENCE);
    }

    private static int port(RestartableServer server) {
        return server.server().amqpAddress().orElseThrow().getPort();
    }
}
