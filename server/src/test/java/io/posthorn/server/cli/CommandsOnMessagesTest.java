package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.posthorn.server.RestartableServer;
import io.posthorn.server.cli.Shell.Result;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Commands about messages that a client has published, refused and taken.
class CommandsOnMessagesTest {
    private final RestartableServer server = RestartableServer.start(ServerConfig.inMemory());
    private final Shell shell = new Shell("amqp://127.0.0.1:" + port());
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void stop() {
        connection.abort();
        server.close();
    }

    private void publish(String exchange, String key, String body) throws Exception {
        channel.basicPublish(exchange, key, null, body.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie();
    }

    /// Three orders and an invoice are refused by who takes them, and lie in `graves`.
    private void die() throws Exception {
        var arguments = Map.<String, Object>of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "graves");
        channel.queueDeclare("graves", true, false, false, null);
        for (String queue : List.of("orders", "invoices")) {
            channel.queueDeclare(queue, true, false, false, arguments);
        }
        for (String order : List.of("first", "second", "third")) {
            publish("", "orders", order);
        }
        publish("", "invoices", "bill");
        for (String queue : List.of("orders", "orders", "orders", "invoices")) {
            GetResponse taken = channel.basicGet(queue, false);
            channel.basicReject(taken.getEnvelope().getDeliveryTag(), false);
        }
        // The dead arrive when they are safe in their new queue.
        while (channel.queueDeclarePassive("graves").getMessageCount() < 4) {
            Thread.onSpinWait();
        }
    }

    @Test
    void deadLettersAreListedWithTheirHistory() throws Exception {
        die();

        List<Json> letters = json("dlq", "ls", "graves").elements();

        assertThat(letters)
                .extracting(letter -> letter.text("queue"))
                .containsExactly("orders", "orders", "orders", "invoices");
        assertThat(letters).extracting(letter -> letter.text("reason")).containsOnly("rejected");
        assertThat(letters).extracting(letter -> letter.number("count")).containsOnly(1L);
        assertThat(shell.run("dlq", "ls", "graves", "--count", "2").out())
                .contains("first", "second")
                .doesNotContain("third");
        assertThat(shell.run("dlq", "ls", "none").code()).isEqualTo(4);
    }

    @Test
    void deadLettersAreCountedByWhatTheyHaveInCommon() throws Exception {
        die();

        List<Json> groups = json("dlq", "groups", "graves", "--by", "queue").elements();

        assertThat(groups)
                .extracting(group -> group.text("queue") + " " + group.number("count"))
                .containsExactlyInAnyOrder("orders 3", "invoices 1");
        assertThat(shell.run("dlq", "groups").out()).contains("graves").contains("rejected");
        assertThat(shell.run("dlq", "groups", "graves", "--by", "colour").code())
                .isNotZero();
    }

    @Test
    void deadLettersGoBackOnceItIsMeant() throws Exception {
        die();

        Result rehearsed = shell.run("dlq", "replay", "graves", "--queue", "orders", "--dry-run");
        assertThat(rehearsed.out()).isEqualTo("Would send 3 messages back.\n");
        assertThat(rehearsed.code()).isEqualTo(3);
        assertThat(channel.queueDeclarePassive("graves").getMessageCount()).isEqualTo(4);

        assertThat(shell.run("dlq", "replay", "graves", "--queue", "orders", "--limit", "2")
                        .out())
                .isEqualTo("Sent 2 messages back.\n");
        assertThat(bodies("orders")).containsExactly("first", "second");
        assertThat(channel.queueDeclarePassive("graves").getMessageCount()).isEqualTo(2);

        channel.queueDelete("invoices");
        Result unroutable = shell.run("dlq", "replay", "graves", "--queue", "invoices");
        assertThat(unroutable.out()).isEqualTo("Sent 0 messages back.\nLeft 1 message that have no target any more.\n");
        assertThat(channel.queueDeclarePassive("graves").getMessageCount()).isEqualTo(2);
    }

    private List<String> bodies(String queue) throws Exception {
        var bodies = new ArrayList<String>();
        for (var each = channel.basicGet(queue, true); each != null; each = channel.basicGet(queue, true)) {
            bodies.add(new String(each.getBody(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    @Test
    void delayedMessagesAreListedByTheirTimeAndCancelled() throws Exception {
        channel.exchangeDeclare("later", "x-delayed-message", true, false, Map.of("x-delayed-type", "topic"));
        for (int hours : new int[] {3, 1, 2}) {
            var properties = new AMQP.BasicProperties.Builder()
                    .headers(Map.of("x-delay", hours * 3_600_000))
                    .build();
            channel.basicPublish("later", "in." + hours, properties, new byte[hours]);
        }
        channel.waitForConfirmsOrDie();

        List<Json> waiting = json("delayed", "ls", "later").elements();
        assertThat(waiting).extracting(message -> message.text("routing_key")).containsExactly("in.1", "in.2", "in.3");
        assertThat(shell.run("delayed", "ls", "later", "--count", "1").out())
                .contains("in.1")
                .doesNotContain("in.2");

        String second = waiting.get(1).text("id");
        assertThat(shell.run("delayed", "cancel", "later", second).out()).isEqualTo("Cancelled " + second + ".\n");
        assertThat(shell.run("delayed", "cancel", "later", second).code()).isEqualTo(4);
        assertThat(json("delayed", "ls", "later").elements())
                .extracting(message -> message.text("routing_key"))
                .containsExactly("in.1", "in.3");
        assertThat(shell.run("delayed", "ls", "amq.direct").code()).isNotZero();
    }

    @Test
    void topShowsTheLongestFirstWhereNothingMoves() throws Exception {
        for (String queue : List.of("short", "long", "empty")) {
            channel.queueDeclare(queue, true, false, false, null);
        }
        for (int i = 0; i < 5; i++) {
            publish("", "long", "x");
        }
        publish("", "short", "x");
        channel.basicGet("long", false);

        List<Json> busiest = json("top", "--lines", "2").elements();
        assertThat(busiest).extracting(queue -> queue.text("name")).containsExactly("long", "short");
        assertThat(busiest.getFirst().number("messages_ready")).isEqualTo(4);
        assertThat(busiest.getFirst().number("messages_unacknowledged")).isEqualTo(1);
        assertThat(shell.run("top").out()).contains("QUEUE").contains("long").contains("empty");
    }

    private int port() {
        return server.server().amqpAddress().orElseThrow().getPort();
    }

    private Json json(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--format", "json"));
        return Json.parse(shell.run(line.toArray(String[]::new)).out());
    }
}
