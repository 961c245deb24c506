package io.posthorn.server;

import io.posthorn.server.config.ServerConfig;
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
/// on files, and each command against it.
public final class Rehearsal {
    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("posthorn-rehearsal");
        try {
            perform(directory);
        } finally {
            delete(directory);
        }
        // Orderly, and not by the end of main: threads of the client's libraries may still be there.
        System.exit(0);
    }

    private static void perform(Path directory) {
        Main.run("serve", "--help");
        var flags = Map.of("--data", directory.toString(), "--amqp", "127.0.0.1:0", "--http", "127.0.0.1:0");
        // Small files: it is not the disk that learns.
        var environment = Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB");
        var config = ServerConfig.read(flags, environment, Optional.empty());
        try (Server server = Server.start(config)) {
            new Serving(server, config).greet();
            String url = "amqp://guest:guest@127.0.0.1:"
                    + server.amqpAddress().orElseThrow().getPort();
            for (List<String> command : commands()) {
                String[] line =
                        Stream.concat(command.stream(), Stream.of("--url", url)).toArray(String[]::new);
                if (Main.run(line) != 0) {
                    throw new IllegalStateException("the rehearsal failed at " + command);
                }
            }
        }
    }

    private static List<List<String>> commands() {
        return List.of(
                List.of("queue", "declare", "rehearsal"),
                List.of("publish", "rehearsal", "x".repeat(2_000)),
                List.of("publish", "rehearsal", "a message"),
                List.of("queue", "ls"),
                List.of("consume", "rehearsal", "--follow", "--count", "1"),
                List.of("consume", "rehearsal"),
                List.of("queue", "delete", "rehearsal"));
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
