package io.posthorn.server;

import io.posthorn.protocol.kafka.KafkaRehearsal;
import io.posthorn.server.cli.CommandRehearsal;
import io.posthorn.server.config.ServerConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the launcher runs once after a build, so that the JVM can keep what it learned for later starts: a server
/// on files, and beside it another JVM that learns the commands. A command needs a tenth of a server's classes, and
/// what a JVM has learned it loads whole.
public final class Rehearsal {
    /// A second or two: after fewer, the JVM does not yet know what is hot.
    private static final int ROUNDS_OF_PRODUCER = 200;

    private Rehearsal() {}

    /// @param arguments the file for what is learned of the commands; none, for one that learns only the server
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("posthorn-rehearsal");
        try {
            perform(directory, List.of(arguments));
        } finally {
            delete(directory);
        }
        // Orderly, and not by the end of main: threads of the client's libraries may still be there.
        System.exit(0);
    }

    private static void perform(Path directory, List<String> learned) throws IOException, InterruptedException {
        Main.run("serve", "--help");
        var flags = Map.of(
                "--data",
                directory.toString(),
                "--amqp",
                "127.0.0.1:0",
                "--kafka",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0");
        // Small files: it is not the disk that learns.
        var environment = Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB");
        var config = ServerConfig.read(flags, environment, Optional.empty());
        try (RestartableServer server = RestartableServer.start(config)) {
            new Serving(server, config).greet();
            KafkaRehearsal.perform(
                    server.server().kafkaAddress().orElseThrow(), System.currentTimeMillis(), ROUNDS_OF_PRODUCER);
            String url = "amqp://guest:guest@127.0.0.1:"
                    + server.server().amqpAddress().orElseThrow().getPort();
            if (!learned.isEmpty()) {
                rehearseCommands(url, learned.getFirst());
            }
        }
    }

    private static void rehearseCommands(String url, String learned) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:AOTCacheOutput=" + learned,
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                CommandRehearsal.class.getName(),
                url);
        builder.environment().put("POSTHORN_URL", url);
        builder.redirectErrorStream(true).redirectOutput(new File(learned + ".log"));
        if (builder.start().waitFor() != 0) {
            throw new IllegalStateException("the rehearsal of the commands failed; " + learned + ".log says why");
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
