package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Policies and limits set over the management API, and what RabbitMQ's client sees of them; the answers are those of
/// RabbitMQ 3.10 to the same. On a broker of its own, as limits are everybody's.
class PoliciesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String GUEST =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    @Test
    void aPolicyActsOnMessagesThatAreThereAndLastsOverAKill(@TempDir Path data) throws Exception {
        try (PosthornProcess posthorn = PosthornProcess.start(data)) {
            try (Connection connection = connect(posthorn)) {
                Channel channel = connection.createChannel();
                channel.queueDeclare("jobs", true, false, false, Map.of());
                channel.queueDeclare("dead", true, false, false, Map.of());
                publish(channel, 10);
                put(posthorn, "policies/%2F/short", """
                        {"pattern": "^jobs$", "apply-to": "queues", "priority": 1, "definition":
                         {"max-length": 4, "dead-letter-exchange": "", "dead-letter-routing-key": "dead"}}""");
                Amqp.eventually(() -> channel.messageCount("jobs") == 4 && channel.messageCount("dead") == 6);
                GetResponse first = channel.basicGet("jobs", true);
                assertThat(new String(first.getBody(), StandardCharsets.UTF_8)).isEqualTo("6");
            }

            posthorn.kill();
            posthorn.restart();
            try (Connection connection = connect(posthorn)) {
                Channel channel = connection.createChannel();
                publish(channel, 10);
                Amqp.eventually(() -> channel.messageCount("jobs") == 4);
                put(
                        posthorn,
                        "operator-policies/%2F/ours",
                        "{\"pattern\": \".*\", \"definition\": {\"max-length\": 2}}");
                Amqp.eventually(() -> channel.messageCount("jobs") == 2 && channel.messageCount("dead") == 2);
                delete(posthorn, "operator-policies/%2F/ours");
                delete(posthorn, "policies/%2F/short");
                publish(channel, 10);
                Amqp.eventually(() -> channel.messageCount("jobs") == 12);
            }
        }
    }

    @Test
    void anAlternateExchangeOfAPolicyTakesWhatMatchesNothing(@TempDir Path data) throws Exception {
        try (PosthornProcess posthorn = PosthornProcess.start(data);
                Connection connection = connect(posthorn)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("lost", true, false, false, Map.of());
            channel.queueBind("lost", "amq.fanout", "");
            put(posthorn, "policies/%2F/lost", """
                    {"pattern": "^amq\\\\.direct$", "apply-to": "exchanges",
                     "definition": {"alternate-exchange": "amq.fanout"}}""");
            channel.basicPublish("amq.direct", "nowhere", MessageProperties.PERSISTENT_BASIC, new byte[1]);
            Amqp.eventually(() -> channel.messageCount("lost") == 1);
        }
    }

    @Test
    void limitsAreRefusedInRabbitsWords(@TempDir Path data) throws Exception {
        try (PosthornProcess posthorn = PosthornProcess.start(data)) {
            // Ends with the broker: the last limit has closed it.
            Connection connection = connect(posthorn);
            put(posthorn, "vhost-limits/%2F/max-queues", "{\"value\": 0}");
            Channel channel = connection.createChannel();
            assertThatThrownBy(() -> channel.queueDeclare("q", true, false, false, Map.of()))
                    .cause()
                    .hasMessageContaining("reply-code=406, reply-text=PRECONDITION_FAILED - cannot declare queue 'q':"
                            + " queue limit in vhost '/' (0) is reached");

            put(posthorn, "vhost-limits/%2F/max-connections", "{\"value\": 1}");
            assertThatThrownBy(() -> connect(posthorn))
                    .hasStackTraceContaining("reply-code=530, reply-text=NOT_ALLOWED - access to vhost '/' refused for"
                            + " user 'guest': connection limit (1) is reached");
            put(posthorn, "vhost-limits/%2F/max-connections", "{\"value\": -1}");
            put(posthorn, "user-limits/guest/max-connections", "{\"value\": 1}");
            assertThatThrownBy(() -> connect(posthorn))
                    .hasStackTraceContaining("reply-code=530, reply-text=NOT_ALLOWED - connection refused for user"
                            + " 'guest': user connection limit (1) is reached");

            put(posthorn, "user-limits/guest/max-channels", "{\"value\": 1}");
            connection.createChannel();
            assertThatThrownBy(connection::createChannel)
                    .hasStackTraceContaining("reply-code=530, reply-text=NOT_ALLOWED - number of channels opened for"
                            + " user 'guest' has reached the maximum allowed user limit of (1)");
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedInRabbitsWords(@TempDir Path data) throws Exception {
        try (PosthornProcess posthorn = PosthornProcess.start(data)) {
            var refused = request(
                    posthorn, "PUT", "policies/%2F/p", "{\"pattern\": \"q\", \"definition\": {\"expires\": 0}}");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("Validation failed\\n\\n0 is not a valid queue expiry\\n");
            assertThat(request(posthorn, "GET", "policies", "").body()).isEqualTo("[]");
        }
    }

    private static Connection connect(PosthornProcess posthorn) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(posthorn.url());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static void publish(Channel channel, int count) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < count; i++) {
            byte[] body = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
            channel.basicPublish("", "jobs", MessageProperties.PERSISTENT_BASIC, body);
        }
        channel.waitForConfirmsOrDie(Amqp.PATIENCE.toMillis());
    }

    private static void put(PosthornProcess posthorn, String path, String body) throws Exception {
        assertThat(request(posthorn, "PUT", path, body).statusCode()).as(path).isBetween(200, 299);
    }

    private static void delete(PosthornProcess posthorn, String path) throws Exception {
        assertThat(request(posthorn, "DELETE", path, "").statusCode()).as(path).isEqualTo(204);
    }

    private static HttpResponse<String> request(PosthornProcess posthorn, String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(management(posthorn) + "/api/" + path))
                .header("authorization", GUEST)
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    /// Where the broker says that it listens.
    private static String management(PosthornProcess posthorn) {
        String line = posthorn.output().stream()
                .filter(each -> each.strip().startsWith("management"))
                .findFirst()
                .orElseThrow();
        return "http://" + line.substring(line.indexOf("127.0.0.1"));
    }
}
