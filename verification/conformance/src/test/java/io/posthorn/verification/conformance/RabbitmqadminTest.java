package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The script that comes with RabbitMQ's management plugin, unchanged and with the system's own Python, against our
/// management API: every command that it has.
@Timeout(120)
class RabbitmqadminTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static Optional<Path> script = Optional.empty();

    private final Server server = Server.start(ServerConfig.read(
            Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"),
            Map.of(),
            Optional.empty()));

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void findTheScript() throws IOException {
        Path plugins = Path.of("/usr/lib/rabbitmq/lib");
        if (Files.isDirectory(plugins)) {
            try (var files = Files.walk(plugins, 8)) {
                script =
                        files.filter(file -> file.endsWith("cli/rabbitmqadmin")).findFirst();
            }
        }
        if (script.isEmpty() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("rabbitmqadmin is missing, and CI must run it: apt-get install rabbitmq-server");
        }
        assumeTrue(script.isPresent(), "rabbitmqadmin is missing here: apt-get install rabbitmq-server");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /// Runs one command as a user would, and gives back what it prints; it has to succeed.
    private String admin(String... words) throws Exception {
        var command = new ArrayList<>(List.of(
                "/usr/bin/python3",
                script.orElseThrow().toString(),
                "--host=127.0.0.1",
                "--port=" + server.httpAddress().orElseThrow().getPort(),
                "--format=tsv"));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        // A settings file of whoever runs this must not count.
        builder.environment().put("HOME", directory.toString());
        try (ChildProcess process = ChildProcess.start("rabbitmqadmin", builder)) {
            return String.join("\n", process.awaitSuccess(PATIENCE));
        }
    }

    @Test
    void exchangesQueuesAndBindings() throws Exception {
        assertThat(admin("declare", "queue", "name=orders", "durable=true", "arguments={\"x-max-length\":10}"))
                .isEqualTo("queue declared");
        assertThat(admin("declare", "queue", "name=votes", "queue_type=quorum", "durable=true"))
                .isEqualTo("queue declared");
        assertThat(admin("declare", "exchange", "name=news", "type=topic")).isEqualTo("exchange declared");
        assertThat(admin("declare", "binding", "source=news", "destination=orders", "routing_key=a.#"))
                .isEqualTo("binding declared");
        assertThat(admin("list", "queues", "name", "type", "arguments.x-max-length", "messages"))
                .contains("orders\tclassic\t10\t0")
                .contains("votes\tquorum\t\t0");
        assertThat(admin("list", "exchanges", "name", "type")).contains("news\ttopic", "amq.headers\theaders");
        assertThat(admin("list", "bindings", "source", "destination", "routing_key", "properties_key"))
                .contains("news\torders\ta.#\ta.%23")
                .contains("\torders\torders\torders");
        assertThat(admin(
                        "delete",
                        "binding",
                        "source=news",
                        "destination_type=queue",
                        "destination=orders",
                        "properties_key=a.%23"))
                .isEqualTo("binding deleted");
        assertThat(admin("list", "bindings", "source", "destination")).doesNotContain("news");
        assertThat(admin("delete", "exchange", "name=news")).isEqualTo("exchange deleted");
        assertThat(admin("delete", "queue", "name=votes")).isEqualTo("queue deleted");
        assertThat(admin("list", "queues", "name")).isEqualTo("name\norders");
    }

    @Test
    void messages() throws Exception {
        admin("declare", "queue", "name=orders", "durable=true");
        assertThat(admin("publish", "routing_key=orders", "payload=hello", "properties={\"delivery_mode\":2}"))
                .isEqualTo("Message published");
        assertThat(admin("publish", "routing_key=nowhere", "payload=hello"))
                .isEqualTo("Message published but NOT routed");
        assertThat(admin("publish", "exchange=amq.fanout", "routing_key=", "payload=aGk=", "payload_encoding=base64"))
                .isEqualTo("Message published but NOT routed");
        assertThat(admin("get", "queue=orders", "ackmode=ack_requeue_true")).contains("hello", "string");
        Path body = directory.resolve("body");
        admin("get", "queue=orders", "payload_file=" + body, "ackmode=ack_requeue_false");
        assertThat(body).hasContent("hello");
        assertThat(admin("get", "queue=orders")).isEqualTo("No items");
        admin("publish", "routing_key=orders", "payload=one");
        assertThat(admin("purge", "queue", "name=orders")).isEqualTo("queue purged");
        assertThat(admin("list", "queues", "name", "messages")).contains("orders\t0");
    }

    @Test
    void virtualHostsUsersAndPermissions() throws Exception {
        assertThat(admin("declare", "vhost", "name=shop")).isEqualTo("vhost declared");
        assertThat(admin("list", "vhosts", "name")).contains("shop");
        assertThat(admin("declare", "user", "name=bob", "password=secret", "tags=monitoring"))
                .isEqualTo("user declared");
        assertThat(admin("list", "users", "name", "tags")).contains("bob\tmonitoring");
        assertThat(admin("declare", "permission", "vhost=shop", "user=bob", "configure=.*", "write=^b", "read="))
                .isEqualTo("permission declared");
        assertThat(admin("list", "permissions", "vhost", "user", "write")).contains("shop\tbob\t^b");
        assertThat(admin("--vhost=shop", "--username=bob", "--password=secret", "declare", "queue", "name=b1"))
                .isEqualTo("queue declared");
        assertThat(admin("--vhost=shop", "list", "queues", "vhost", "name")).contains("shop\tb1");
        assertThat(admin("declare", "vhost_limit", "vhost=shop", "name=max-queues", "value=5"))
                .isEqualTo("vhost_limit declared");
        assertThat(admin("list", "vhost_limits")).contains("shop", "5");
        assertThat(admin("delete", "vhost_limit", "vhost=shop", "name=max-queues"))
                .isEqualTo("vhost_limit deleted");
        assertThat(admin("delete", "permission", "vhost=shop", "user=bob")).isEqualTo("permission deleted");
        assertThat(admin("delete", "user", "name=bob")).isEqualTo("user deleted");
        assertThat(admin("delete", "vhost", "name=shop")).isEqualTo("vhost deleted");
        assertThat(admin("list", "vhosts", "name")).isEqualTo("name\n/");
    }

    @Test
    void policiesAndParameters() throws Exception {
        assertThat(admin(
                        "declare", "policy", "name=short", "pattern=^o", "definition={\"max-length\":3}", "priority=2"))
                .isEqualTo("policy declared");
        admin("declare", "queue", "name=orders");
        assertThat(admin("list", "queues", "name", "policy")).contains("orders\tshort");
        assertThat(admin("list", "policies", "name", "pattern", "priority")).contains("short\t^o\t2");
        assertThat(admin("declare", "operator_policy", "name=safe", "pattern=.*", "definition={\"max-length\":9}"))
                .isEqualTo("operator_policy declared");
        assertThat(admin("list", "operator_policies", "name")).contains("safe");
        assertThat(admin("list", "queues", "name", "operator_policy")).contains("orders\tsafe");
        assertThat(admin("delete", "operator_policy", "name=safe")).isEqualTo("operator_policy deleted");
        assertThat(admin("delete", "policy", "name=short")).isEqualTo("policy deleted");
        // Of a queue without one the script fails in any other format, at a null that RabbitMQ answers here too.
        assertThat(admin("--format=raw_json", "list", "queues", "name", "policy"))
                .isEqualTo("[{\"name\":\"orders\",\"policy\":null}]");
        assertThat(admin("declare", "parameter", "component=vhost-limits", "name=limits", "value={\"max-queues\":9}"))
                .isEqualTo("parameter declared");
        assertThat(admin("list", "parameters", "component", "name")).contains("vhost-limits\tlimits");
        assertThat(admin("delete", "parameter", "component=vhost-limits", "name=limits"))
                .isEqualTo("parameter deleted");
        assertThat(admin("list", "parameters")).isEqualTo("No items");
    }

    @Test
    void definitions() throws Exception {
        Path file = directory.resolve("definitions.json");
        admin("declare", "queue", "name=orders", "durable=true");
        admin("declare", "exchange", "name=news", "type=topic", "durable=true");
        assertThat(admin("export", file.toString())).startsWith("Exported definitions for");
        assertThat(file).content().contains("\"orders\"", "\"news\"", "\"guest\"");
        admin("delete", "queue", "name=orders");
        assertThat(admin("import", file.toString())).startsWith("Uploaded definitions from");
        assertThat(admin("list", "queues", "name")).contains("orders");
    }

    @Test
    void theNodeAndWhoIsConnected() throws Exception {
        assertThat(admin("show", "overview")).contains("4.2.1");
        assertThat(admin("list", "nodes", "name")).contains("rabbit@");
        var factory = new ConnectionFactory();
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setAutomaticRecoveryEnabled(false);
        Connection connection = factory.newConnection();
        try {
            var channel = connection.createChannel();
            channel.queueDeclare("orders", true, false, false, null);
            channel.basicConsume("orders", false, "tag", (_, _) -> {}, _ -> {});
            String name = admin("list", "connections", "name").lines().toList().getLast();
            assertThat(name).contains("->");
            assertThat(admin("list", "channels", "name")).contains(name + " (1)");
            assertThat(admin("list", "consumers", "consumer_tag")).contains("tag");
            assertThat(admin("close", "connection", "name=" + name)).isEqualTo("connection closed");
        } finally {
            connection.abort();
        }
        assertThat(admin("list", "connections", "name")).isEqualTo("No items");
    }
}
