package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dead letters of RabbitMQ's Java client, sent back over HTTP, and what becomes of connections when their virtual host
/// goes; on a broker of its own.
class DeadLetterReplayTest {
    private static final Pattern HTTP = Pattern.compile("management +(http://\\S+)");
    private static final Pattern REPLAYED = Pattern.compile("\"replayed\":(\\d+)");
    private static final String REPLAY = "/v1/vhosts/%2F/queues/grave/dead-letters/replay";
    private static final int MANY = 3_000;

    @AutoClose
    private final PosthornProcess posthorn;

    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    DeadLetterReplayTest(@TempDir Path data) throws Exception {
        posthorn = PosthornProcess.start(data);
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        String password = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(base() + path))
                .header("Authorization", "Basic " + password)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String base() {
        for (String line : posthorn.output()) {
            Matcher found = HTTP.matcher(line);
            if (found.find()) {
                return found.group(1).replaceAll("/$", "");
            }
        }
        throw new AssertionError("no management API in " + posthorn.output());
    }

    private Connection connect(String virtualHost) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(posthorn.url());
        factory.setVirtualHost(virtualHost);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static void declare(Channel channel) throws IOException {
        channel.queueDeclare("grave", true, false, false, null);
        channel.queueDeclare(
                "orders",
                true,
                false,
                false,
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "grave"));
    }

    private static void publish(Channel channel, int count) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < count; i++) {
            var properties = new AMQP.BasicProperties.Builder()
                    .deliveryMode(2)
                    .messageId("m" + i)
                    .headers(Map.of("attempt", i))
                    .build();
            channel.basicPublish("", "orders", properties, ("body " + i).getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(20_000);
    }

    private static void rejectAll(Channel channel, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            assertThat(channel.basicGet("orders", false)).isNotNull();
        }
        // All that this channel holds.
        channel.basicNack(0, true, false);
        Amqp.eventually(() -> channel.messageCount("grave") == count);
    }

    @Test
    void aMessageComesBackAsItWasWithTheStoryOfItsDeath() throws Exception {
        try (Connection connection = connect("/")) {
            Channel channel = connection.createChannel();
            declare(channel);
            publish(channel, 2);
            rejectAll(channel, 2);

            HttpResponse<String> answer = ask("POST", REPLAY, "{\"where\": {\"reason\": \"rejected\"}}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(channel.messageCount("grave")).isZero();
            GetResponse first = channel.basicGet("orders", true);
            assertThat(first.getBody()).asString(StandardCharsets.UTF_8).isEqualTo("body 0");
            assertThat(first.getProps().getMessageId()).isEqualTo("m0");
            assertThat(first.getProps().getHeaders())
                    .containsEntry("attempt", 0)
                    .containsKey("x-death");
            assertThat(first.getEnvelope().isRedeliver()).isFalse();
        }
    }

    @Test
    void aCrashInTheMiddleLosesNothing() throws Exception {
        try (Connection connection = connect("/")) {
            Channel channel = connection.createChannel();
            declare(channel);
            publish(channel, MANY);
            rejectAll(channel, MANY);
        }
        HttpResponse<String> begun = ask("POST", REPLAY, "{\"rate\": 2000, \"wait\": 0}");
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        String operation = begun.headers().firstValue("location").orElseThrow();
        Amqp.eventually(() -> replayed(ask("GET", operation, "").body()) > 0);
        posthorn.kill();
        posthorn.restart();

        try (Connection connection = connect("/")) {
            Channel channel = connection.createChannel();
            List<String> back = drain(channel, "orders");
            List<String> still = drain(channel, "grave");
            assertThat(back).isNotEmpty();
            var all = new HashSet<>(back);
            all.addAll(still);
            assertThat(all).hasSize(MANY);
            assertThat(back).as("each went once").doesNotHaveDuplicates();
        }
    }

    private static long replayed(String operation) {
        Matcher found = REPLAYED.matcher(operation);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        var ids = new ArrayList<String>();
        for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            ids.add(got.getProps().getMessageId());
        }
        return ids;
    }

    @Test
    void theConnectionsOfADeletedVirtualHostAreToldWhy() throws Exception {
        assertThat(ask("PUT", "/api/vhosts/shop", "").statusCode()).isEqualTo(201);
        var told = new CompletableFuture<ShutdownSignalException>();
        try (Connection connection = connect("shop")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", true, false, false, null);
            connection.addShutdownListener(told::complete);
            assertThat(ask("DELETE", "/api/vhosts/shop", "").statusCode()).isEqualTo(204);
            AMQP.Connection.Close close =
                    (AMQP.Connection.Close) told.get(20, TimeUnit.SECONDS).getReason();
            assertThat(close.getReplyCode()).isEqualTo(320);
            assertThat(close.getReplyText()).isEqualTo("CONNECTION_FORCED - vhost 'shop' is deleted");
        } catch (AlreadyClosedException closed) {
            assertThat(told).isCompleted();
        }
    }
}
