package io.posthorn.verification.conformance.kafka;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;

/// A Posthorn in this process that serves Kafka on a free port.
public final class KafkaServer implements AutoCloseable {
    private final Server server;

    private KafkaServer(Server server) {
        this.server = server;
    }

    public static KafkaServer inMemory(String... more) {
        return start(Map.of("--memory", "true"), more);
    }

    /// Where a later one finds what this one has kept.
    public static KafkaServer inDirectory(Path directory, String... more) {
        return start(Map.of("--data", directory.toString()), more);
    }

    /// The same, where clients look for an earlier one.
    public static KafkaServer inDirectory(Path directory, int port) {
        return start(Map.of("--data", directory.toString(), "--kafka", "127.0.0.1:" + port));
    }

    /// One that is managed over HTTP, too.
    public static KafkaServer managed() {
        return start(Map.of("--memory", "true", "--http", "127.0.0.1:0"));
    }

    /// @param more settings and their values, as in the environment: `POSTHORN_KAFKA_PARTITIONS`, `3`
    private static KafkaServer start(Map<String, String> place, String... more) {
        Map<String, String> flags = new HashMap<>(place);
        flags.put("--amqp", "127.0.0.1:0");
        flags.putIfAbsent("--kafka", "127.0.0.1:0");
        flags.putIfAbsent("--http", "off");
        Map<String, String> environment = new HashMap<>();
        environment.put("POSTHORN_STORAGE_JOURNAL_SEGMENT", "16MiB");
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return new KafkaServer(Server.start(ServerConfig.read(flags, environment, Optional.empty())));
    }

    public Server server() {
        return server;
    }

    /// For `bootstrap.servers`.
    public String address() {
        return "127.0.0.1:" + port();
    }

    public int port() {
        return server.kafkaAddress().orElseThrow().getPort();
    }

    public String amqp() {
        return "amqp://guest:guest@127.0.0.1:"
                + server.amqpAddress().orElseThrow().getPort();
    }

    /// A new connection of RabbitMQ's own client, which does not come back by itself.
    public Connection amqpConnection() throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(amqp());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    /// What an operator wants to be so; returns when it is.
    public void apply(AdminChange change) {
        var done = new CompletableFuture<Done>();
        server.broker().administration().apply(new Actor(Principal.OWNER, "test"), List.of(change), Reply.to(done));
        done.join();
    }

    public Admin admin() {
        return Admin.create(clientConfig());
    }

    /// What every client of Kafka's needs.
    public Map<String, Object> clientConfig() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", address());
        return config;
    }

    @Override
    public void close() {
        server.close();
    }
}
