package io.posthorn.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All settings of one server, a record per room.
public record ServerConfig(
        Place place,
        Amqp amqp,
        Amqps amqps,
        Kafka kafka,
        Http http,
        Https https,
        Tls tls,
        Limits limits,
        Storage storage,
        Audit audit,
        Threads threads,
        Provisions provisions) {
    /// Where messages are kept.
    public sealed interface Place {
        /// Nothing is kept after a stop.
        record Memory() implements Place {}

        record Directory(Path path) implements Place {}
    }

    /// @param product what clients are told that they speak to
    /// @param version which version of that
    /// @param heartbeat proposed to clients
    public record Amqp(ListenAddress listen, String product, String version, Duration heartbeat, int initialFrame) {}

    public record Amqps(ListenAddress listen) {}

    /// @param isChosen whether somebody has said where; otherwise it is the default
    /// @param encrypted where it is served over TLS
    /// @param advertised where clients are told to come back to
    /// @param advertisedEncrypted the same for those who have come by TLS
    /// @param virtualHost whose topics are served
    /// @param request the largest request, in bytes
    /// @param readAhead bytes that are read from the disk before clients ask for them, at most
    /// @param rebalanceDelay how long the first rebalance of an empty group waits for further members
    public record Kafka(
            ListenAddress listen,
            boolean isChosen,
            ListenAddress encrypted,
            Optional<ListenAddress.Name> advertised,
            Optional<ListenAddress.Name> advertisedEncrypted,
            String virtualHost,
            boolean autoCreateTopics,
            int partitions,
            int request,
            int readAhead,
            Duration rebalanceDelay) {
        private Kafka listeningOn(ListenAddress newListen, ListenAddress newEncrypted) {
            return new Kafka(
                    newListen,
                    isChosen,
                    newEncrypted,
                    advertised,
                    advertisedEncrypted,
                    virtualHost,
                    autoCreateTopics,
                    partitions,
                    request,
                    readAhead,
                    rebalanceDelay);
        }
    }

    /// @param isChosen whether somebody has said where; otherwise it is the default
    /// @param body the largest body of a request, in bytes
    /// @param openProbes whether metrics and probes ask nobody for a password
    public record Http(ListenAddress listen, boolean isChosen, int body, boolean openProbes) {}

    public record Https(ListenAddress listen) {}

    /// @param certificate the server's, with its chain
    /// @param trust authorities of client certificates
    /// @param leastVersion `1.2` or `1.3`
    public record Tls(
            Optional<Path> certificate,
            Optional<Path> key,
            ClientCertificates clientCertificates,
            Optional<Path> trust,
            String leastVersion) {}

    /// Whether clients have to show who they are.
    public enum ClientCertificates {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /// @param message the largest message, in bytes
    /// @param connections 0 for as many as there are file descriptors
    /// @param memoryPercent of the heap that messages and connections may hold
    /// @param freeSpace bytes left on disk below which publishers are stopped
    public record Limits(int message, int connections, int memoryPercent, long freeSpace) {}

    /// @param journalSegment bytes of one journal file
    /// @param tail bytes of memory for the newest records
    public record Storage(long journalSegment, long tail) {}

    /// Where it is written down who did what.
    public sealed interface AuditPlace {
        record Off() implements AuditPlace {}

        record InData() implements AuditPlace {}

        record At(Path path) implements AuditPlace {}
    }

    /// @param size in bytes, after which the next file begins
    public record Audit(AuditPlace place, long size) {}

    /// Whether anybody is to reach it by a socket.
    public boolean isListening() {
        return Stream.of(
                        amqp.listen(), amqps.listen(), kafka.listen(), kafka.encrypted(), http.listen(), https.listen())
                .anyMatch(address -> !(address instanceof ListenAddress.Off));
    }

    /// The file of the audit log, unless there is none.
    public Optional<Path> auditFile() {
        return switch (audit.place()) {
            case AuditPlace.Off _ -> Optional.empty();
            case AuditPlace.At(Path path) -> Optional.of(path);
            case AuditPlace.InData _ ->
                place instanceof Place.Directory(Path data) ? Optional.of(data.resolve("audit.log")) : Optional.empty();
        };
    }

    /// @param io 0 for half the cores
    public record Threads(int io) {}

    /// What is decided before the start.
    public record Provisions(Optional<Path> definitions, Optional<FirstUser> firstUser) {}

    /// The administrator of a new broker.
    public record FirstUser(String name, String password, String virtualHost) {
        /// Never shows the password.
        @Override
        public String toString() {
            return "FirstUser[" + name + "]";
        }
    }

    /// The defaults, but in memory, on a free port and without Kafka: what a test or an embedding
    /// application starts from.
    public static ServerConfig inMemory() {
        return read(Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"));
    }

    /// The defaults, but in this directory, on a free port and without Kafka.
    public static ServerConfig inDirectory(Path directory) {
        return read(Map.of(
                "--data", directory.toString(), "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"));
    }

    /// @param flags as given: `--amqp` to `127.0.0.1:0`
    /// @param environment the variables of the process; those that begin with `POSTHORN_` count
    /// @param file the YAML file, if one was named
    /// @throws ConfigException with everything that is wrong
    public static ServerConfig read(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        var values = SettingReader.read(flags, environment, file);
        return new ServerConfig(
                place(values),
                new Amqp(
                        values.get(SettingTable.AMQP_LISTEN),
                        values.get(SettingTable.AMQP_PRODUCT),
                        values.get(SettingTable.AMQP_VERSION),
                        values.get(SettingTable.AMQP_HEARTBEAT),
                        Math.toIntExact(values.get(SettingTable.AMQP_INITIAL_FRAME))),
                new Amqps(values.get(SettingTable.AMQPS_LISTEN)),
                kafka(values),
                new Http(
                        values.get(SettingTable.HTTP_LISTEN),
                        values.source(SettingTable.HTTP_LISTEN) != SettingReader.Source.DEFAULT,
                        Math.toIntExact(values.get(SettingTable.HTTP_BODY)),
                        values.get(SettingTable.HTTP_OPEN_PROBES)),
                new Https(values.get(SettingTable.HTTPS_LISTEN)),
                tls(values),
                new Limits(
                        Math.toIntExact(values.get(SettingTable.MAX_MESSAGE)),
                        values.get(SettingTable.MAX_CONNECTIONS),
                        values.get(SettingTable.MEMORY_SHARE),
                        values.get(SettingTable.FREE_SPACE)),
                new Storage(values.get(SettingTable.JOURNAL_SEGMENT), values.get(SettingTable.TAIL)),
                new Audit(values.get(SettingTable.AUDIT_FILE), values.get(SettingTable.AUDIT_SIZE)),
                new Threads(values.get(SettingTable.IO_THREADS)),
                new Provisions(values.get(SettingTable.DEFINITIONS), firstUser(values)));
    }

    private static Kafka kafka(SettingReader.Values values) {
        return new Kafka(
                values.get(SettingTable.KAFKA_LISTEN),
                values.source(SettingTable.KAFKA_LISTEN) != SettingReader.Source.DEFAULT,
                values.get(SettingTable.KAFKAS_LISTEN),
                values.get(SettingTable.KAFKA_ADVERTISED),
                values.get(SettingTable.KAFKAS_ADVERTISED),
                values.get(SettingTable.KAFKA_VIRTUAL_HOST),
                values.get(SettingTable.KAFKA_AUTO_CREATE),
                values.get(SettingTable.KAFKA_PARTITIONS),
                Math.toIntExact(values.get(SettingTable.KAFKA_REQUEST)),
                Math.toIntExact(values.get(SettingTable.KAFKA_READ_AHEAD)),
                values.get(SettingTable.KAFKA_REBALANCE_DELAY));
    }

    private static Optional<FirstUser> firstUser(SettingReader.Values values) {
        var name = values.get(SettingTable.DEFAULT_USER);
        var password = values.get(SettingTable.DEFAULT_PASS);
        if (name.isPresent() != password.isPresent()) {
            throw new ConfigException("%s: a first user needs both default.user and default.pass."
                    .formatted(values.where(name.isPresent() ? SettingTable.DEFAULT_USER : SettingTable.DEFAULT_PASS)));
        }
        return name.map(user -> new FirstUser(user, password.orElseThrow(), values.get(SettingTable.DEFAULT_VHOST)));
    }

    /// Where everything is served.
    public record Addresses(
            ListenAddress amqp,
            ListenAddress amqps,
            ListenAddress kafka,
            ListenAddress kafkas,
            ListenAddress http,
            ListenAddress https) {}

    /// The same, elsewhere: a server that starts again wants the ports that it had.
    public ServerConfig listeningOn(Addresses addresses) {
        return new ServerConfig(
                place,
                new Amqp(addresses.amqp(), amqp.product(), amqp.version(), amqp.heartbeat(), amqp.initialFrame()),
                new Amqps(addresses.amqps()),
                kafka.listeningOn(addresses.kafka(), addresses.kafkas()),
                new Http(addresses.http(), http.isChosen(), http.body(), http.openProbes()),
                new Https(addresses.https()),
                tls,
                limits,
                storage,
                audit,
                threads,
                provisions);
    }

    private static Tls tls(SettingReader.Values values) {
        var tls = new Tls(
                values.get(SettingTable.TLS_CERTIFICATE),
                values.get(SettingTable.TLS_KEY),
                values.get(SettingTable.TLS_CLIENT_CERTIFICATES),
                values.get(SettingTable.TLS_TRUST),
                values.get(SettingTable.TLS_LEAST_VERSION));
        for (var encrypted :
                List.of(SettingTable.AMQPS_LISTEN, SettingTable.KAFKAS_LISTEN, SettingTable.HTTPS_LISTEN)) {
            boolean isOn = values.get(encrypted) instanceof ListenAddress.On;
            if (isOn && (tls.certificate().isEmpty() || tls.key().isEmpty())) {
                throw new ConfigException("%s: to serve TLS, both tls.certificate and tls.key have to name a PEM file."
                        .formatted(values.where(encrypted)));
            }
        }
        if (tls.clientCertificates() != ClientCertificates.NONE && tls.trust().isEmpty()) {
            throw new ConfigException("%s: to check certificates of clients, tls.trust has to name a PEM file."
                    .formatted(values.where(SettingTable.TLS_CLIENT_CERTIFICATES)));
        }
        return tls;
    }

    private static ServerConfig read(Map<String, String> flags) {
        return read(flags, Map.of(), Optional.empty());
    }

    // Between a directory and memory, what was said closer to the command line wins: a directory on the command line
    // is meant, whatever the file says.
    private static Place place(SettingReader.Values values) {
        var directory = new Place.Directory(values.get(SettingTable.DATA));
        if (!values.get(SettingTable.MEMORY)) {
            return directory;
        }
        int nearer = values.source(SettingTable.DATA).compareTo(values.source(SettingTable.MEMORY));
        if (nearer == 0) {
            throw new ConfigException("Both a data directory (%s) and memory (%s) are asked for. Leave one out."
                    .formatted(values.where(SettingTable.DATA), values.where(SettingTable.MEMORY)));
        }
        return nearer < 0 ? directory : new Place.Memory();
    }
}
