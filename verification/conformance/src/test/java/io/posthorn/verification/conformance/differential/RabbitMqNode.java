package io.posthorn.verification.conformance.differential;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Debian's RabbitMQ on loopback, with ports, a name and directories of its own, and its own port mapper, so that all
/// ends with us.
public final class RabbitMqNode implements AutoCloseable {
    private static final Path SERVER = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
    private static final Duration START = Duration.ofSeconds(90);

    private final ChildProcess portMapper;
    private final ChildProcess server;
    private final int port = freePort();

    private RabbitMqNode(Path directory) throws IOException, InterruptedException {
        int mapped = freePort();
        portMapper = ChildProcess.start(
                "epmd", new ProcessBuilder("epmd", "-address", "127.0.0.1", "-port", Integer.toString(mapped)));
        server = ChildProcess.start("rabbitmq", command(directory, mapped));
        server.awaitLine(line -> line.contains("completed with"), START);
    }

    public static boolean isInstalled() {
        return Files.isExecutable(SERVER);
    }

    public static RabbitMqNode start() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "rabbitmq");
        Files.writeString(directory.resolve("plugins"), "[].\n");
        return new RabbitMqNode(directory);
    }

    private ProcessBuilder command(Path directory, int mapped) {
        ProcessBuilder builder = new ProcessBuilder(SERVER.toString()).directory(directory.toFile());
        var environment = builder.environment();
        environment.put("HOME", directory.toString());
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(mapped));
        environment.put("RABBITMQ_NODENAME", "differential" + port + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", Integer.toString(port));
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(freePort()));
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("mnesia").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put("RABBITMQ_CONFIG_FILE", directory.resolve("none").toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE", directory.resolve("plugins").toString());
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        return builder;
    }

    public URI url() {
        return URI.create("amqp://guest:guest@127.0.0.1:" + port + "/%2F");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // SIGTERM stops the Erlang node behind the shell script, too.
        server.terminate();
        try {
            server.awaitExit(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
            portMapper.close();
        }
    }
}
