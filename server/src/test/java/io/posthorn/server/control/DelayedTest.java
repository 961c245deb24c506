package io.posthorn.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Delayed messages, listed and cancelled over the control socket.
class DelayedTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void waitingMessagesAreListedAndCancelledOverARestart() throws Exception {
        Instant before = Instant.now();
        try (var server = new ServerOnFiles(directory)) {
            publish(server, 3_600_000, 60_000, 500_000_000_000L);
            assertThat(delayed(server, "a%20delay", 10))
                    .extracting(DelayedTest::size)
                    .containsExactly(5L, 7L, 12L);
        }
        try (var server = new ServerOnFiles(directory)) {
            List<Json> waiting = delayed(server, "a%20delay", 2);
            assertThat(waiting)
                    .extracting(message -> message.text("routing_key"))
                    .containsExactly("a key", "a key");
            assertThat(Instant.parse(waiting.getFirst().text("due_at")))
                    .isBetween(before.plusMillis(60_000), Instant.now().plusMillis(60_000));
            String one = "/v1/vhosts/%2F/exchanges/a%20delay/delayed/"
                    + waiting.getFirst().text("id");
            server.control().delete(one);
            assertThatThrownBy(() -> server.control().delete(one)).isInstanceOf(ApiException.NotFound.class);
            assertThat(delayed(server, "a%20delay", 10))
                    .extracting(DelayedTest::size)
                    .containsExactly(7L, 12L);
        }
    }

    @Test
    void onlyExchangesThatDelayCanBeAsked() throws Exception {
        try (var server = new ServerOnFiles(directory)) {
            assertThatThrownBy(() -> delayed(server, "missing", 10)).hasMessageContaining("no exchange 'missing'");
            assertThatThrownBy(() -> delayed(server, "amq.direct", 10)).hasMessageContaining("delays no messages");
        }
    }

    /// Each body has as many bytes as its delay has digits.
    private static void publish(ServerOnFiles server, long... delays) throws Exception {
        try (var connection = server.connect();
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

    private static List<Json> delayed(ServerOnFiles server, String exchange, int count) {
        return server.control()
                .get("/v1/vhosts/%2F/exchanges/" + exchange + "/delayed?limit=" + count)
                .get("messages")
                .elements();
    }

    private static long size(Json message) {
        return message.number("body_bytes");
    }
}
