package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What foreign clients have done adds up in what the broker counts.
class CountsTest {
    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    @AutoClose
    private final Server server = Server.start(ServerConfig.read(
            Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"),
            Map.of(),
            Optional.empty()));

    /// Samples of the metrics by their names, those of one queue without their labels.
    private Map<String, Double> metrics(String path) throws Exception {
        int port = server.httpAddress().orElseThrow().getPort();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        var samples = new HashMap<String, Double>();
        for (String line : http.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(each -> !each.startsWith("#"))
                .toList()) {
            String name = line.substring(0, line.lastIndexOf(' '));
            samples.put(
                    name.replace("{vhost=\"/\",queue=\"counts\"}", ""),
                    Double.valueOf(line.substring(name.length() + 1)));
        }
        return samples;
    }

    @ParameterizedTest
    @EnumSource(names = {"PIKA", "AMQPLIB"})
    void whatIsPublishedIsAcknowledgedTakenGivenUpOrThere(ForeignClient client) throws Exception {
        String url = "amqp://guest:guest@127.0.0.1:"
                + server.amqpAddress().orElseThrow().getPort();
        assertThat(client.run("counts", url, "counts"))
                .containsExactly("published 30 acknowledged 7 refused 2 taken 3");

        Map<String, Double> queue = metrics("/metrics/per-object");
        assertThat(queue)
                .containsEntry("rabbitmq_queue_messages_published_total", 30.0)
                .containsEntry("rabbitmq_queue_messages_acked_total", 7.0)
                .containsEntry("rabbitmq_queue_get_total", 3.0)
                .containsEntry("posthorn_queue_messages_given_up_total", 2.0)
                .containsEntry("rabbitmq_queue_messages_unacked", 0.0)
                .containsEntry("rabbitmq_queue_messages_ready", 30.0 - 7 - 3 - 2);

        Map<String, Double> all = metrics("/metrics");
        assertThat(all)
                .containsEntry("rabbitmq_connections", 0.0)
                .containsEntry("rabbitmq_connections_opened_total", 1.0)
                .containsEntry("rabbitmq_connections_closed_total", 1.0)
                .containsEntry("rabbitmq_global_messages_received_total{protocol=\"amqp091\"}", 30.0)
                .containsEntry("rabbitmq_global_messages_confirmed_total{protocol=\"amqp091\"}", 30.0)
                .containsEntry("rabbitmq_global_messages_acknowledged_total{protocol=\"amqp091\"}", 7.0)
                .containsEntry("rabbitmq_queue_messages", 18.0);
    }
}
