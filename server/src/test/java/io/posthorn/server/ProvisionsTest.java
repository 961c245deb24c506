package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.Answers;
import io.posthorn.server.config.ConfigException;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was decided before the start is so when somebody can come in.
class ProvisionsTest {
    @TempDir
    private Path directory = Path.of("");

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void aFileIsThereBeforeAnybodyIsLetIn() throws Exception {
        var file = file("""
                {"users": [{"name": "app", "password": "secret", "tags": ""}],
                 "vhosts": [{"name": "shop"}],
                 "permissions": [{"user": "app", "vhost": "shop", "configure": ".*", "write": ".*", "read": ".*"}],
                 "queues": [{"name": "orders", "vhost": "shop", "durable": true}]}
                """);
        try (var server = Server.start(config(file));
                var connection = connect(server, "app", "secret", "shop");
                var channel = connection.createChannel()) {
            assertThat(channel.queueDeclarePassive("orders").getMessageCount()).isZero();
        }
    }

    @Test
    void aFileThatHasNotChangedIsPassedOver() throws Exception {
        var file = file("{\"vhosts\": [{\"name\": \"shop\"}]}");
        try (var server = Server.start(config(file))) {
            apply(server, new AdminChange.DeleteVirtualHost("shop"));
        }
        try (var server = Server.start(config(file))) {
            assertThat(topology(server).hasVirtualHost("shop")).isFalse();
        }
        file("{\"vhosts\": [{\"name\": \"shop\"} ]}");
        try (var server = Server.start(config(file))) {
            assertThat(topology(server).hasVirtualHost("shop")).isTrue();
        }
    }

    @Test
    void aBadFileKeepsTheServerFromStarting() throws Exception {
        var file = file("{\"vhosts\": [{\"name\": \"new\"}],\n \"queues\": [{\"name\": \"q\", \"vhost\": \"/\"}]}");
        assertRefused(
                file,
                "The definitions in " + file + " cannot be imported, and nothing of them was:\n"
                        + "queues[0] (line 2) needs \"durable\"");
        file(
                "{\"vhosts\": [{\"name\": \"new\"}],\n \"queues\": [{\"name\": \"q\", \"vhost\": \"old\", \"durable\": true}]}");
        assertRefused(
                file,
                "The definitions in " + file + " cannot be imported, and nothing of them was:"
                        + " queues[0] (line 2): vhost old not found.");
        assertRefused(
                directory.resolve("missing.json"),
                "There is no file " + directory.resolve("missing.json") + ", which definitions.file names.");

        file("{}");
        try (var server = Server.start(config(file))) {
            assertThat(topology(server).hasVirtualHost("new")).isFalse();
        }
    }

    @Test
    void theFirstUserIsMadeOnceInsteadOfGuest() throws Exception {
        environment.putAll(Map.of(
                "POSTHORN_DEFAULT_USER", "ada",
                "POSTHORN_DEFAULT_PASS", "analytical",
                "POSTHORN_DEFAULT_VHOST", "engine"));
        try (var server = Server.start(config())) {
            assertThat(topology(server).users().keySet()).containsExactly("ada");
            assertThat(topology(server).virtualHosts().keySet()).containsExactly("engine");
            connect(server, "ada", "analytical", "engine").close();
            assertThatThrownBy(() -> connect(server, "guest", "guest", "/"))
                    .isInstanceOf(AuthenticationFailureException.class);
            apply(server, new AdminChange.DeleteUser("ada"));
        }
        try (var server = Server.start(config())) {
            assertThat(topology(server).users()).isEmpty();
        }
    }

    @Test
    void guestMayBeTheFirstUserWithAPasswordOfItsOwn() throws Exception {
        environment.putAll(Map.of("POSTHORN_DEFAULT_USER", "guest", "POSTHORN_DEFAULT_PASS", "mine"));
        try (var server = Server.start(config())) {
            connect(server, "guest", "mine", "/").close();
        }
    }

    @Test
    void aFirstUserNeedsNameAndPassword() {
        environment.put("POSTHORN_DEFAULT_USER", "ada");

        assertThatThrownBy(this::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("POSTHORN_DEFAULT_USER: a first user needs both default.user and default.pass.");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("definitions.json"), content);
    }

    private ServerConfig config(Path definitions) {
        environment.put("POSTHORN_DEFINITIONS_FILE", definitions.toString());
        return config();
    }

    private ServerConfig config() {
        var flags = Map.of(
                "--data",
                directory.resolve("data").toString(),
                "--amqp",
                "127.0.0.1:0",
                "--kafka",
                "off",
                "--http",
                "off");
        var small = new HashMap<>(environment);
        small.put("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB");
        return ServerConfig.read(flags, small, Optional.empty());
    }

    private void assertRefused(Path file, String because) {
        assertThatThrownBy(() -> Server.start(config(file)))
                .isInstanceOf(StartFailure.class)
                .hasMessage(because);
    }

    private static Topology topology(Server server) {
        return server.broker().administration().current();
    }

    private static void apply(Server server, AdminChange change) throws TimeoutException {
        Answers.<Done>await(reply ->
                server.broker().administration().apply(new Actor(Principal.OWNER, "a test"), List.of(change), reply));
    }

    private static Connection connect(Server server, String user, String password, String host)
            throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setVirtualHost(host);
        return factory.newConnection();
    }
}
