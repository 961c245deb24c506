package io.posthorn.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Every setting there is. `docs/configuration.md` is held to this table by a test.
public final class SettingTable {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    static final Setting<Path> DATA = Setting.of(
                    "data", "DIR", "./data", "where everything durable is kept; made if missing", ValueReaders::path)
            .flag("--data");

    static final Setting<Boolean> MEMORY = Setting.of(
                    "memory",
                    "true or false",
                    "false",
                    "keep everything in memory: nothing is left after a stop",
                    ValueReaders::yesOrNo)
            .flag("--memory");

    static final Setting<ListenAddress> AMQP_LISTEN = Setting.of(
                    "amqp.listen",
                    "HOST:PORT or off",
                    "127.0.0.1:5672",
                    "where AMQP 0-9-1 is served; port 0 takes a free one",
                    ListenAddress::parse)
            .flag("--amqp");

    static final Setting<ListenAddress> AMQPS_LISTEN = Setting.of(
                    "amqps.listen",
                    "HOST:PORT or off",
                    "off",
                    "where AMQP 0-9-1 is served over TLS, usually on port 5671",
                    ListenAddress::parse)
            .flag("--amqps");

    static final Setting<ListenAddress> KAFKA_LISTEN = Setting.of(
                    "kafka.listen",
                    "HOST:PORT or off",
                    "127.0.0.1:9092",
                    "where the Kafka protocol is served; port 0 takes a free one",
                    ListenAddress::parse)
            .flag("--kafka");

    static final Setting<ListenAddress> KAFKAS_LISTEN = Setting.of(
                    "kafkas.listen",
                    "HOST:PORT or off",
                    "off",
                    "where the Kafka protocol is served over TLS, usually on port 9093",
                    ListenAddress::parse)
            .flag("--kafkas");

    static final Setting<Optional<ListenAddress.Name>> KAFKA_ADVERTISED = Setting.of(
            "kafka.advertised",
            "HOST:PORT or none",
            "none",
            "where Kafka clients are told to come back to, when not to where they have come",
            ListenAddress.Name::parse);

    static final Setting<Optional<ListenAddress.Name>> KAFKAS_ADVERTISED = Setting.of(
            "kafkas.advertised",
            "HOST:PORT or none",
            "none",
            "the same for clients that have come by TLS",
            ListenAddress.Name::parse);

    static final Setting<String> KAFKA_VIRTUAL_HOST = Setting.of(
            "kafka.virtual-host",
            "a name",
            "/",
            "the virtual host whose queues, streams and topics Kafka clients see",
            ValueReaders::line);

    static final Setting<Boolean> KAFKA_AUTO_CREATE = Setting.of(
            "kafka.auto-create-topics",
            "true or false",
            "true",
            "whether a topic comes to be when a client asks for one that is not there, and lets it",
            ValueReaders::yesOrNo);

    static final Setting<Integer> KAFKA_PARTITIONS = Setting.of(
            "kafka.partitions",
            "a number",
            "1",
            "how many partitions a topic has for which nobody has said it",
            text -> ValueReaders.whole(text, 1, 10_000));

    static final Setting<Long> KAFKA_REQUEST = Setting.of(
            "kafka.request",
            "a size such as 100MiB",
            "100MiB",
            "the largest request taken from a Kafka client",
            text -> ValueReaders.bytes(text, 64 * KIB, 1024 * MIB));

    static final Setting<Long> KAFKA_READ_AHEAD = Setting.of(
            "kafka.read-ahead",
            "a size such as 32MiB, or 0",
            "32MiB",
            "how much is read from the disk before Kafka clients ask for it, for all of them together",
            text -> ValueReaders.bytes(text, 0, 1024 * MIB));

    static final Setting<Duration> KAFKA_REBALANCE_DELAY = Setting.of(
            "kafka.rebalance-delay",
            "a time such as 3s, or 0",
            "250ms",
            "how long the first rebalance of an empty group waits for further members",
            ValueReaders::duration);

    static final Setting<ListenAddress> HTTP_LISTEN = Setting.of(
                    "http.listen",
                    "HOST:PORT or off",
                    "127.0.0.1:15672",
                    "where the management API is served; port 0 takes a free one",
                    ListenAddress::parse)
            .flag("--http");

    static final Setting<ListenAddress> HTTPS_LISTEN = Setting.of(
                    "https.listen",
                    "HOST:PORT or off",
                    "off",
                    "where the management API is served over TLS, usually on port 15671",
                    ListenAddress::parse)
            .flag("--https");

    static final Setting<Long> HTTP_BODY = Setting.of(
            "http.body",
            "a size such as 16MiB",
            "16MiB",
            "the largest body of a request to the management API",
            text -> ValueReaders.bytes(text, KIB, 128 * MIB));

    static final Setting<Boolean> HTTP_OPEN_PROBES = Setting.of(
            "http.open-probes",
            "true or false",
            "false",
            "whether /metrics, /healthz and /readyz ask nobody for a password, wherever they are",
            ValueReaders::yesOrNo);

    static final Setting<Optional<Path>> TLS_CERTIFICATE = Setting.of(
            "tls.certificate",
            "a PEM file or none",
            "none",
            "the server's certificate, followed by those that lead to a root",
            ValueReaders::file);

    static final Setting<Optional<Path>> TLS_KEY = Setting.of(
            "tls.key", "a PEM file or none", "none", "the key of that certificate, in PKCS #8", ValueReaders::file);

    static final Setting<ServerConfig.ClientCertificates> TLS_CLIENT_CERTIFICATES = Setting.of(
            "tls.client-certificates",
            "none, optional or required",
            "none",
            "whether clients show certificates",
            ValueReaders::clientCertificates);

    static final Setting<Optional<Path>> TLS_TRUST = Setting.of(
            "tls.trust",
            "a PEM file or none",
            "none",
            "the authorities whose client certificates are taken",
            ValueReaders::file);

    static final Setting<String> TLS_LEAST_VERSION = Setting.of(
            "tls.least-version",
            "1.3 or 1.2",
            "1.3",
            "the oldest version of TLS that is spoken",
            ValueReaders::tlsVersion);

    static final Setting<String> AMQP_PRODUCT = Setting.of(
            "amqp.product",
            "a name",
            "RabbitMQ",
            "what clients are told that they speak to; many ask before they use what they need",
            ValueReaders::line);

    static final Setting<String> AMQP_VERSION = Setting.of(
            "amqp.version",
            "a version of three numbers",
            "4.2.1",
            "the version of that product that clients are told",
            ValueReaders::version);

    static final Setting<Duration> AMQP_HEARTBEAT = Setting.of(
            "amqp.heartbeat",
            "a time such as 60s, or 0",
            "60s",
            "the heartbeat proposed to clients; 0 proposes none",
            ValueReaders::duration);

    static final Setting<Long> AMQP_INITIAL_FRAME = Setting.of(
            "amqp.initial-frame",
            "a size from 4KiB to 48KiB",
            "8KiB",
            "the largest frame taken before a login; long tokens as passwords need more",
            text -> ValueReaders.bytes(text, 4 * KIB, 48 * KIB));

    static final Setting<Long> MAX_MESSAGE = Setting.of(
            "limits.message",
            "a size such as 16MiB",
            "16MiB",
            "the largest message taken from a client",
            text -> ValueReaders.bytes(text, KIB, 128 * MIB));

    static final Setting<Integer> MAX_CONNECTIONS = Setting.of(
            "limits.connections",
            "a number, 0 for as many as there are file descriptors",
            "0",
            "connections served at once",
            text -> ValueReaders.whole(text, 0, 1_000_000));

    static final Setting<Integer> MEMORY_SHARE = Setting.of(
            "limits.memory",
            "percent of the heap, 10 to 90",
            "60",
            "memory that messages and connections may hold before publishers are stopped",
            text -> ValueReaders.whole(
                    text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text, 10, 90));

    static final Setting<Long> FREE_SPACE = Setting.of(
            "limits.free-space",
            "a size such as 1GiB",
            "1GiB",
            "room left on the data directory's disk below which publishers are stopped",
            text -> ValueReaders.bytes(text, 0, Long.MAX_VALUE));

    static final Setting<Long> JOURNAL_SEGMENT = Setting.of(
            "storage.journal-segment",
            "a size such as 256MiB",
            "256MiB",
            "size of one journal file; they are re-used",
            text -> ValueReaders.bytes(text, MIB, 256 * MIB));

    static final Setting<Long> TAIL = Setting.of(
            "storage.tail",
            "a size such as 64MiB",
            "64MiB",
            "memory for the newest records, which are then not read from disk",
            text -> ValueReaders.bytes(text, 0, Long.MAX_VALUE));

    static final Setting<ServerConfig.AuditPlace> AUDIT_FILE = Setting.of(
            "audit.file",
            "a file, data for audit.log in the data directory, or off",
            "data",
            "where it is written down who did what; with memory, data is off",
            ValueReaders::auditPlace);

    static final Setting<Long> AUDIT_SIZE = Setting.of(
            "audit.size",
            "a size such as 10MiB",
            "10MiB",
            "size after which the next audit file begins; nine old ones are kept",
            text -> ValueReaders.bytes(text, KIB, Long.MAX_VALUE));

    static final Setting<Optional<Path>> DEFINITIONS = Setting.of(
                    "definitions.file",
                    "a JSON file or none",
                    "none",
                    "definitions that are imported before anybody is let in, when they have changed",
                    ValueReaders::file)
            .flag("--definitions");

    static final Setting<Optional<String>> DEFAULT_USER = Setting.of(
            "default.user",
            "a name or none",
            "none",
            "the administrator that a new broker has, instead of guest",
            ValueReaders::maybe);

    static final Setting<Optional<String>> DEFAULT_PASS =
            Setting.of("default.pass", "a password or none", "none", "the password of that user", ValueReaders::maybe);

    static final Setting<String> DEFAULT_VHOST = Setting.of(
            "default.vhost", "a name", "/", "the virtual host that a new broker has for that user", ValueReaders::line);

    static final Setting<Integer> IO_THREADS = Setting.of(
            "threads.io",
            "a number, 0 for half the cores",
            "0",
            "threads that serve sockets and queues",
            text -> ValueReaders.whole(text, 0, 256));

    /// In the order of the documentation.
    public static final List<Setting<?>> ALL = List.of(
            DATA,
            MEMORY,
            AMQP_LISTEN,
            AMQPS_LISTEN,
            AMQP_PRODUCT,
            AMQP_VERSION,
            AMQP_HEARTBEAT,
            AMQP_INITIAL_FRAME,
            KAFKA_LISTEN,
            KAFKAS_LISTEN,
            KAFKA_ADVERTISED,
            KAFKAS_ADVERTISED,
            KAFKA_VIRTUAL_HOST,
            KAFKA_AUTO_CREATE,
            KAFKA_PARTITIONS,
            KAFKA_REQUEST,
            KAFKA_READ_AHEAD,
            KAFKA_REBALANCE_DELAY,
            HTTP_LISTEN,
            HTTPS_LISTEN,
            HTTP_BODY,
            HTTP_OPEN_PROBES,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_CLIENT_CERTIFICATES,
            TLS_TRUST,
            TLS_LEAST_VERSION,
            MAX_MESSAGE,
            MAX_CONNECTIONS,
            MEMORY_SHARE,
            FREE_SPACE,
            JOURNAL_SEGMENT,
            TAIL,
            AUDIT_FILE,
            AUDIT_SIZE,
            DEFINITIONS,
            DEFAULT_USER,
            DEFAULT_PASS,
            DEFAULT_VHOST,
            IO_THREADS);

    private SettingTable() {}
}
