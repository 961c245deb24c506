package io.posthorn.outbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL of its own, in a directory of its own, on loopback.
final class PostgresServer {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private final Path binaries;
    private final Path directory;
    private final int port;

    private PostgresServer(Path binaries, Path directory, int port) {
        this.binaries = binaries;
        this.directory = directory;
        this.port = port;
    }

    /// Skips the tests where there is none, unless `CI=true`: then it is missing.
    static PostgresServer start() throws Exception {
        Optional<Path> binaries = binaries();
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(binaries.isPresent(), "PostgreSQL is not installed (Debian: postgresql)");
        }
        Path directory = Files.createTempDirectory("posthorn-postgres");
        var server = new PostgresServer(
                binaries.orElseThrow(() -> new IllegalStateException("PostgreSQL is not installed")),
                directory,
                freePort());
        server.prepare();
        return server;
    }

    private static Optional<Path> binaries() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void prepare() throws Exception {
        if (isRoot()) {
            run(List.of("chown", "postgres", directory.toString()));
        }
        asPostgres("initdb", "-D", data(), "-A", "trust", "-U", "test", "--no-sync");
        asPostgres(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-p " + port + " -k " + directory + " -c listen_addresses=127.0.0.1 -c fsync=off",
                "start");
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=test";
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    /// It refuses to run as root.
    private void asPostgres(String program, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private void run(List<String> command) throws Exception {
        Path output = Files.createTempFile("posthorn-postgres", ".out");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(command + " ended with " + code + ": " + Files.readString(output));
        }
        Files.delete(output);
    }

    void stop() throws Exception {
        asPostgres("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /// An empty one.
    DataSource newDatabase() throws SQLException {
        var all = new PGSimpleDataSource();
        all.setUrl(url("postgres"));
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = all.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        var database = new PGSimpleDataSource();
        database.setUrl(url(name));
        return database;
    }
}
