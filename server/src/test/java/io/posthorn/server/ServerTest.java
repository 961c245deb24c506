package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.server.config.ServerConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void whatWasConfirmedIsThereAfterARestart() throws Exception {
        try (var server = Server.start(config());
                var connection = connect(server);
                var channel = connection.createChannel()) {
            channel.queueDeclare("orders", true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "orders", MessageProperties.PERSISTENT_BASIC, bytes("first"));
            channel.waitForConfirmsOrDie();
        }
        try (var server = Server.start(config());
                var connection = connect(server);
                var channel = connection.createChannel()) {
            assertThat(channel.basicGet("orders", true).getBody()).isEqualTo(bytes("first"));
        }
    }

    @Test
    void othersComeInOnlyWhenSomebodyCanAdministerThem() throws Exception {
        var open = Map.of("--data", directory.toString(), "--amqp", "0.0.0.0:0", "--kafka", "off", "--http", "off");
        var config = ServerConfig.read(open, Map.of(), Optional.empty());
        assertThatThrownBy(() -> Server.start(config))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--amqp 0.0.0.0:0: other machines could reach it")
                .hasMessageContaining("./posthorn user add");
        try (var server = Server.start(config())) {
            decide(server, new AdminChange.PutUser(user(server, "guest", "guest", "administrator")));
            decide(server, new AdminChange.PutUser(user(server, "app", "secret")));
        }
        assertThatThrownBy(() -> Server.start(config)).isInstanceOf(StartFailure.class);
        try (var server = Server.start(config())) {
            decide(server, new AdminChange.PutUser(user(server, "ops", "secret", "administrator")));
        }
        try (var server = Server.start(config)) {
            assertThat(server.amqpAddress()).isPresent();
        }
    }

    private static UserSpec user(Server server, String name, String password, String... tags) {
        return new UserSpec(name, server.broker().passwords().credential(bytes(password)), Set.of(tags));
    }

    private static void decide(Server server, AdminChange change) throws Exception {
        var done = new CompletableFuture<Done>();
        server.broker().administration().apply(new Actor(Principal.OWNER, "a test"), List.of(change), Reply.to(done));
        done.get(10, TimeUnit.SECONDS);
    }

    @Test
    void inMemoryNothingIsKept() throws Exception {
        try (var server = Server.start(ServerConfig.inMemory());
                var connection = connect(server);
                var channel = connection.createChannel()) {
            channel.queueDeclare("orders", true, false, false, Map.of());
        }
        try (var server = Server.start(ServerConfig.inMemory());
                var connection = connect(server)) {
            assertThatThrownBy(() -> connection.createChannel().queueDeclarePassive("orders"))
                    .hasStackTraceContaining("NOT_FOUND");
        }
    }

    @Test
    void clientsAreToldTheProductAndVersionThatWereSet() throws Exception {
        var settings = Map.of("POSTHORN_AMQP_PRODUCT", "Posthorn", "POSTHORN_AMQP_VERSION", "3.10.8");
        var config = ServerConfig.read(
                Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off"), settings, Optional.empty());
        try (var server = Server.start(config);
                var connection = connect(server)) {
            Map<String, Object> told = connection.getServerProperties();
            assertThat(told.get("product")).hasToString("Posthorn");
            assertThat(told.get("version")).hasToString("3.10.8");
            assertThat(told.get("platform")).asString().startsWith("Posthorn " + Build.version());
        }
    }

    @Test
    void aStopTellsConnectionsThatItIsForced() throws Exception {
        var told = new CompletableFuture<String>();
        try (var server = Server.start(ServerConfig.inMemory())) {
            connect(server).addShutdownListener(cause -> told.complete(String.valueOf(cause.getReason())));
        }
        assertThat(told.join()).contains("320");
    }

    @Test
    void aSecondBrokerOnADirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        try (var server = Server.start(config())) {
            assertThatThrownBy(() -> Server.start(config()))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use");

            connect(server).close();
        }
    }

    @Test
    void aTakenPortIsNamedWithWhatToDo() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            var config = ServerConfig.read(Map.of("--memory", "true", "--amqp", address), Map.of(), Optional.empty());

            assertThatThrownBy(() -> Server.start(config))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("--amqp 127.0.0.1:0");
        }
    }

    @Test
    void aStartThatFailedLeavesTheDirectoryFree() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var flags = Map.of("--data", directory.toString(), "--amqp", "127.0.0.1:" + taken.getLocalPort());
            var config = ServerConfig.read(flags, Map.of(), Optional.empty());
            assertThatThrownBy(() -> Server.start(config)).isInstanceOf(StartFailure.class);
        }
        Server.start(config()).close();
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsRefused() throws Exception {
        Files.writeString(directory.resolve("letters.txt"), "mine");

        assertThatThrownBy(() -> Server.start(config())).isInstanceOf(StartFailure.class);
    }

    @Test
    void theDataDirectoryIsPrivate() throws Exception {
        Path data = directory.resolve("data");
        Server.start(ServerConfig.inDirectory(data)).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void withAmqpOffNothingListens() {
        var config = ServerConfig.read(
                Map.of("--memory", "true", "--amqp", "off", "--kafka", "off"), Map.of(), Optional.empty());

        try (var server = Server.start(config)) {
            assertThat(server.amqpAddress()).isEmpty();
        }
    }

    // Small files, so that a test does not fill a quarter of a gigabyte with zeros.
    private ServerConfig config() {
        return ServerConfig.read(
                Map.of("--data", directory.toString(), "--amqp", "127.0.0.1:0", "--kafka", "off"),
                Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB"),
                Optional.empty());
    }

    private static Connection connect(Server server) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
