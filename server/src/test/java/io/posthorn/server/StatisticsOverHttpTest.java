package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.console.http.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// What the management API tells of connections made by the Java client, and what they have done.
@Timeout(60)
@SuppressWarnings("NullAway") // the client is not annotated
class StatisticsOverHttpTest {
    private final MemoryServer server = new MemoryServer();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        connection = server.factory().newConnection("the test");
        channel = connection.createChannel();
    }

    @AfterEach
    void close() {
        connection.abort();
        server.close();
    }

    private HttpResponse<String> ask(String method, String path, String... headers) throws Exception {
        return server.ask(method, path, "", headers);
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = ask("GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private String connectionName() throws Exception {
        return get("/api/connections").get(0).get("name").stringValue();
    }

    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void publish(int count) throws Exception {
        channel.confirmSelect();
        channel.queueDeclare("q", true, false, false, null);
        for (int i = 0; i < count; i++) {
            channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    @Test
    void whatWasPublishedIsDeliveredOrStillThere() throws Exception {
        publish(20);
        var delivered = new CountDownLatch(5);
        channel.basicQos(5);
        channel.basicConsume("q", false, "tag", new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                delivered.countDown();
            }
        });
        delivered.await();

        JsonNode overview = get("/api/overview");
        assertThat(overview.at("/message_stats/publish").longValue()).isEqualTo(20);
        assertThat(overview.at("/message_stats/confirm").longValue()).isEqualTo(20);
        assertThat(overview.at("/message_stats/deliver_get").longValue()).isEqualTo(5);
        assertThat(overview.at("/queue_totals/messages").longValue()).isEqualTo(20);
        assertThat(overview.at("/queue_totals/messages_ready").longValue()).isEqualTo(15);
        assertThat(overview.at("/queue_totals/messages_unacknowledged").longValue())
                .isEqualTo(5);
        assertThat(overview.at("/object_totals/connections").longValue()).isEqualTo(1);
        assertThat(overview.at("/object_totals/channels").longValue()).isEqualTo(1);
        assertThat(overview.at("/object_totals/consumers").longValue()).isEqualTo(1);
        assertThat(overview.at("/churn_rates/queue_created").longValue()).isEqualTo(1);
        assertThat(overview.at("/listeners/0/protocol").stringValue()).isEqualTo("amqp");
        assertThat(overview.at("/rates_mode").stringValue()).isEqualTo("basic");
    }

    @Test
    void aWindowOfTimeBringsSamplesAndAverages() throws Exception {
        publish(3);
        JsonNode details =
                get("/api/overview?msg_rates_age=60&msg_rates_incr=5").at("/message_stats/publish_details");
        assertThat(details.at("/rate").doubleValue()).isZero();
        assertThat(details.at("/samples/0/sample").longValue()).isEqualTo(3);
        assertThat(details.has("avg_rate")).isTrue();
        assertThat(details.has("avg")).isTrue();
        assertThat(ask("GET", "/api/overview?msg_rates_age=x&msg_rates_incr=5").statusCode())
                .isEqualTo(400);
    }

    @Test
    void connectionsChannelsAndConsumersAreListed() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        channel.basicQos(7);
        channel.basicConsume("q", false, "tag", new DefaultConsumer(channel));
        String name = connectionName();
        JsonNode seen = get("/api/connections/" + encode(name));
        assertThat(seen.at("/user").stringValue()).isEqualTo("guest");
        assertThat(seen.at("/protocol").stringValue()).isEqualTo("AMQP 0-9-1");
        assertThat(seen.at("/user_provided_name").stringValue()).isEqualTo("the test");
        assertThat(seen.at("/client_properties/product").stringValue()).isEqualTo("RabbitMQ");
        assertThat(seen.at("/recv_oct").longValue()).isPositive();
        assertThat(get("/api/connections/username/guest").size()).isEqualTo(1);
        assertThat(get("/api/connections/username/nobody").size()).isZero();
        assertThat(get("/api/vhosts/%2F/connections").size()).isEqualTo(1);

        String ofChannel = name + " (1)";
        assertThat(get("/api/channels").get(0).at("/name").stringValue()).isEqualTo(ofChannel);
        assertThat(get("/api/connections/" + encode(name) + "/channels").size()).isEqualTo(1);
        JsonNode one = get("/api/channels/" + encode(ofChannel));
        assertThat(one.at("/prefetch_count").longValue()).isEqualTo(7);
        assertThat(one.at("/consumer_details/0/consumer_tag").stringValue()).isEqualTo("tag");

        JsonNode consumer = get("/api/consumers/%2F").get(0);
        assertThat(consumer.at("/queue/name").stringValue()).isEqualTo("q");
        assertThat(consumer.at("/channel_details/name").stringValue()).isEqualTo(ofChannel);
        assertThat(consumer.at("/activity_status").stringValue()).isEqualTo("up");
        assertThat(get("/api/connections?page=1&page_size=1").at("/total_count").longValue())
                .isEqualTo(1);
        assertThat(ask("GET", "/api/connections/zz").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/api/channels/zz").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/api/consumers/zz").statusCode()).isEqualTo(404);
    }

    @Test
    void whoeverIsEndedIsToldTheReason() throws Exception {
        var told = new CompletableFuture<ShutdownSignalException>();
        connection.addShutdownListener(told::complete);
        String path = "/api/connections/" + encode(connectionName());
        assertThat(ask("DELETE", path, "X-Reason", "tea time").statusCode()).isEqualTo(204);
        assertThat(told.get().getReason()).hasToString(closed("tea time"));
        assertThat(ask("DELETE", path).statusCode()).isEqualTo(404);
    }

    private static String closed(String reason) {
        return "#method<connection.close>(reply-code=320, reply-text=CONNECTION_FORCED - %s, class-id=0, method-id=0)"
                .formatted(reason);
    }

    @Test
    void allConnectionsOfAUserAreEnded() throws Exception {
        var told = new CompletableFuture<ShutdownSignalException>();
        connection.addShutdownListener(told::complete);
        assertThat(ask("DELETE", "/api/connections/username/nobody").statusCode())
                .isEqualTo(204);
        assertThat(connection.isOpen()).isTrue();
        assertThat(ask("DELETE", "/api/connections/username/guest").statusCode())
                .isEqualTo(204);
        assertThat(told.get().getReason()).hasToString(closed("Closed via management plugin"));
    }

    @Test
    void anExchangeTellsWhatWentInAndOut() throws Exception {
        channel.confirmSelect();
        for (String queue : new String[] {"a", "b"}) {
            channel.queueDeclare(queue, true, false, false, null);
            channel.queueBind(queue, "amq.fanout", "");
        }
        for (int i = 0; i < 3; i++) {
            channel.basicPublish("amq.fanout", "key " + i, null, new byte[1]);
        }
        channel.basicPublish("amq.topic", "nowhere", null, new byte[1]);
        channel.waitForConfirmsOrDie(10_000);

        JsonNode fanout = get("/api/exchanges/%2F/amq.fanout").at("/message_stats");
        assertThat(fanout.at("/publish_in").longValue()).isEqualTo(3);
        assertThat(fanout.at("/publish_out").longValue()).isEqualTo(6);
        assertThat(fanout.at("/publish_in_details/rate").isNumber()).isTrue();
        JsonNode topic = get("/api/exchanges/%2F/amq.topic").at("/message_stats");
        assertThat(topic.at("/publish_in").longValue()).isEqualTo(1);
        assertThat(topic.at("/publish_out").longValue()).isZero();
        assertThat(get("/api/exchanges/%2F/amq.direct").has("message_stats")).isFalse();
    }

    @Test
    void loginsAreCountedByProtocolAndSource() throws Exception {
        var factory = server.factory();
        factory.setUsername("stranger");
        assertThatThrownBy(factory::newConnection).isInstanceOf(AuthenticationFailureException.class);
        String attempts =
                "/api/auth/attempts/" + get("/api/nodes").at("/0/name").stringValue();

        JsonNode ofAmqp = get(attempts).get(0);
        assertThat(ofAmqp.at("/protocol").stringValue()).isEqualTo("amqp091");
        assertThat(ofAmqp.at("/auth_attempts").longValue()).isEqualTo(2);
        assertThat(ofAmqp.at("/auth_attempts_failed").longValue()).isEqualTo(1);
        assertThat(ofAmqp.at("/auth_attempts_succeeded").longValue()).isEqualTo(1);
        JsonNode stranger = get(attempts + "/source").get(1);
        assertThat(stranger.at("/username").stringValue()).isEqualTo("stranger");
        assertThat(stranger.at("/remote_address").stringValue()).isEqualTo("127.0.0.1");
        assertThat(stranger.at("/auth_attempts_failed").longValue()).isEqualTo(1);
        assertThat(ask("GET", "/metrics").body())
                .contains("rabbitmq_auth_attempts_failed_total{protocol=\"amqp091\"} 1\n");

        assertThat(ask("DELETE", attempts).statusCode()).isEqualTo(204);
        assertThat(get(attempts).at("/0/auth_attempts").longValue()).isZero();
        assertThat(ask("GET", "/api/auth/attempts/zz").statusCode()).isEqualTo(404);
    }

    @Test
    void aNodeIsFoundByItsName() throws Exception {
        JsonNode node = get("/api/nodes").get(0);
        String name = node.at("/name").stringValue();
        assertThat(name).startsWith("rabbit@");
        assertThat(node.at("/running").booleanValue()).isTrue();
        assertThat(node.at("/mem_limit").longValue()).isPositive();
        assertThat(get("/api/nodes/" + name + "/memory").at("/memory/total/rss").longValue())
                .isPositive();
        assertThat(ask("GET", "/api/nodes/zz").statusCode()).isEqualTo(404);
    }

    @Test
    void checksAnswerYesOrNo() throws Exception {
        int port = server.amqpPort();
        for (String check : new String[] {
            "alarms",
            "local-alarms",
            "certificate-expiration/1/months",
            "port-listener/" + port,
            "protocol-listener/amqp",
            "protocol-listener/amqp091",
            "virtual-hosts",
            "node-is-quorum-critical",
            "ready-to-serve-clients",
            "below-node-connection-limit",
            "is-in-service"
        }) {
            assertThat(get("/api/health/checks/" + check).at("/status").stringValue())
                    .as(check)
                    .isEqualTo("ok");
        }
        assertThat(get("/api/healthchecks/node").at("/status").stringValue()).isEqualTo("ok");
        for (String no : new String[] {"port-listener/1", "protocol-listener/mqtt"}) {
            assertThat(ask("GET", "/api/health/checks/" + no).statusCode())
                    .as(no)
                    .isEqualTo(503);
        }
        for (String wrong :
                new String[] {"port-listener/x", "certificate-expiration/x/days", "certificate-expiration/1/parsecs"}) {
            assertThat(ask("GET", "/api/health/checks/" + wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void livenessAndReadinessNeedNoLogin() throws Exception {
        for (String path : new String[] {"/healthz", "/readyz", "/metrics"}) {
            assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void metricsTellTheSameAsTheApi() throws Exception {
        publish(4);
        assertThat(ask("GET", "/metrics").body())
                .contains("\nrabbitmq_queue_messages_ready 4\n")
                .contains("\nrabbitmq_connections 1\n")
                .contains("\nrabbitmq_global_messages_received_total{protocol=\"amqp091\"} 4\n")
                .contains("# TYPE rabbitmq_queues gauge\n");
        assertThat(ask("GET", "/metrics/per-object").body())
                .contains("\nrabbitmq_queue_messages_ready{vhost=\"/\",queue=\"q\"} 4\n")
                .doesNotContain("\nrabbitmq_queue_messages_ready 4\n");
        assertThat(ask("GET", "/metrics/detailed?family=queue_coarse_metrics&vhost=/")
                        .body())
                .contains("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"q\"} 4\n");
        assertThat(ask("GET", "/metrics/detailed?family=queue_coarse_metrics&vhost=other")
                        .body())
                .doesNotContain("queue=\"q\"");
    }

    @Test
    void noMetricIsToldTwice() throws Exception {
        publish(1);
        for (String path : new String[] {
            "/metrics",
            "/metrics/per-object",
            "/metrics/detailed?family=connection_metrics,connection_coarse_metrics,queue_metrics"
        }) {
            var types = ask("GET", path).body().lines().filter(line -> line.startsWith("# TYPE"));
            assertThat(types).as(path).isNotEmpty().doesNotHaveDuplicates();
        }
    }
}
