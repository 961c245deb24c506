package io.posthorn.server.control;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.RestartableServer;
import io.posthorn.server.cli.api.Endpoint;
import io.posthorn.server.cli.api.ManagementClient;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// A server on files, controlled over its socket and used over AMQP.
final class ServerOnFiles implements AutoCloseable {
    private final RestartableServer server;

    // A small file, so that a test does not fill a quarter of a gigabyte with zeros.
    ServerOnFiles(Path directory) {
        var options = Map.of(
                "--data", directory.toString(), "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0");
        server = RestartableServer.start(
                ServerConfig.read(options, Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB"), Optional.empty()));
    }

    private int port() {
        return server.server().amqpAddress().orElseThrow().getPort();
    }

    ManagementClient control() {
        return new ManagementClient(new Endpoint.Local(port()), ManagementClient.USUAL_PATIENCE);
    }

    Connection connect() throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    @Override
    public void close() {
        server.close();
    }
}
