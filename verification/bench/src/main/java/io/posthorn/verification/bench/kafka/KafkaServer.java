package io.posthorn.verification.bench.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server of the Kafka protocol as a child process on loopback; stopped by its process id.
final class KafkaServer implements AutoCloseable {
    /// A launcher may build first.
    private static final long START_AT_MOST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final String name;
    private final Path directory;
    private final List<String> command;
    private final int port;
    private Process process;
    private double readySeconds;

    private KafkaServer(String name, Path directory, List<String> command, int port)
            throws IOException, InterruptedException {
        this.name = name;
        this.directory = directory;
        this.command = command;
        this.port = port;
        process = start();
    }

    /// @param launcher of the packaged server
    static KafkaServer posthorn(String name, Path launcher, Path directory) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = List.of(
                launcher.toString(),
                "serve",
                "--data",
                directory.resolve("data").toString(),
                "--amqp",
                "127.0.0.1:" + freePort(),
                "--http",
                "127.0.0.1:" + freePort(),
                "--kafka",
                "127.0.0.1:" + port);
        return new KafkaServer(name, directory, command, port);
    }

    /// One node that is broker and controller, with the defaults of its documentation and the JVM's options of its own
    /// start script.
    ///
    /// @param libraries directory of its jars
    static KafkaServer apache(Path libraries, Path directory) throws IOException, InterruptedException {
        int port = freePort();
        int controller = freePort();
        Path properties = directory.resolve("server.properties");
        Files.writeString(properties, """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                """.formatted(port, controller, directory.resolve("data")));
        String java = java();
        List<String> format = List.of(
                java,
                "-cp",
                libraries + "/*",
                "kafka.tools.StorageTool",
                "format",
                "-t",
                "MkU3OEVBNTcwNTJENDM2Qg",
                "-c",
                properties.toString());
        var formatting = new ProcessBuilder(format)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("format.log").toFile())
                .start();
        if (formatting.waitFor() != 0) {
            throw new IOException("Kafka's directory could not be made; see " + directory.resolve("format.log"));
        }
        List<String> command = List.of(
                java,
                "-Xmx1G",
                "-Xms1G",
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-cp",
                libraries + "/*",
                "kafka.Kafka",
                properties.toString());
        return new KafkaServer(KafkaResults.REFERENCE, directory, command, port);
    }

    static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    String name() {
        return name;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /// From the start of the process to its first answer, last time.
    double readySeconds() {
        return readySeconds;
    }

    long pid() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> handle.info().command().orElse("").endsWith("java"))
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " has no process"));
    }

    private Process start() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var started = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("output.log").toFile()))
                .start();
        while (!answers()) {
            if (!started.isAlive() || System.nanoTime() - begin > START_AT_MOST_NANOS) {
                started.destroy();
                throw new IOException(name + " does not become ready; see " + directory.resolve("output.log"));
            }
            Thread.sleep(20);
        }
        readySeconds = (System.nanoTime() - begin) / 1e9;
        return started;
    }

    /// Whether it says which versions it serves.
    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(2_000);
            var out = new DataOutputStream(socket.getOutputStream());
            // Length, ApiVersions, version 0, correlation id, no client id.
            out.writeInt(10);
            out.writeShort(18);
            out.writeShort(0);
            out.writeInt(4711);
            out.writeShort(-1);
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            return in.readInt() > 4 && in.readInt() == 4711;
        } catch (IOException e) {
            return false;
        }
    }

    void restart() throws IOException, InterruptedException {
        close();
        process = start();
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                System.err.println(name + " did not stop by itself");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
