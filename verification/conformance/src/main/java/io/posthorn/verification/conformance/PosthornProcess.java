package io.posthorn.verification.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A Posthorn server in a process of its own, on a data directory and a port that stay the same over restarts.
public final class PosthornProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Path data;
    private final int port;
    private final String kafka;
    private final List<String> jvmOptions;
    private final Map<String, String> environment;
    private ChildProcess process;

    private PosthornProcess(Path data, int port, String kafka, List<String> jvmOptions, Map<String, String> environment)
            throws IOException, InterruptedException {
        this.data = data;
        this.port = port;
        this.kafka = kafka;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.environment = Map.copyOf(environment);
        this.process = launch();
    }

    public static PosthornProcess start(Path data) throws IOException, InterruptedException {
        return start(data, List.of(), Map.of());
    }

    public static PosthornProcess start(Path data, List<String> jvmOptions, Map<String, String> environment)
            throws IOException, InterruptedException {
        return new PosthornProcess(data, freePort(), "off", jvmOptions, environment);
    }

    /// One that serves Kafka, too.
    public static PosthornProcess startWithKafka(Path data) throws IOException, InterruptedException {
        return new PosthornProcess(data, freePort(), "127.0.0.1:" + freePort(), List.of(), Map.of());
    }

    private ChildProcess launch() throws IOException, InterruptedException {
        ChildProcess started = spawn();
        try {
            started.awaitLine(line -> line.contains("ready"), START);
            return started;
        } catch (IllegalStateException | InterruptedException notReady) {
            started.close();
            throw notReady;
        }
    }

    private ChildProcess spawn() throws IOException {
        List<String> command = new ArrayList<>(javaCommand());
        command.addAll(jvmOptions);
        command.addAll(List.of("io.posthorn.server.Main", "serve"));
        command.addAll(List.of(
                "--data", data.toString(), "--amqp", "127.0.0.1:" + port, "--kafka", kafka, "--http", "127.0.0.1:0"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return ChildProcess.start("posthorn", builder);
    }

    /// The `java` of this JVM with its class path: a child that runs any main class of this module or those below.
    public static List<String> javaCommand() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    public URI url() {
        return URI.create("amqp://guest:guest@127.0.0.1:" + port + "/%2F");
    }

    /// For `bootstrap.servers`.
    public String kafka() {
        return kafka;
    }

    /// `kill -9`.
    public void kill() throws InterruptedException {
        process.kill();
    }

    /// SIGTERM, and the orderly stop that must follow. @return the exit status
    public int stop() throws InterruptedException {
        process.terminate();
        return process.awaitExit(STOP);
    }

    /// Starts again on the same data and port, after a kill or a stop.
    public void restart() throws IOException, InterruptedException {
        process = launch();
    }

    /// Starts, and is killed at some moment of its recovery.
    public void crashWhileStarting(Duration delay) throws IOException, InterruptedException {
        ChildProcess started = spawn();
        Thread.sleep(delay);
        started.kill();
    }

    public List<String> output() {
        return process.lines();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
    }
}
