package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Kafka Connect with the connectors for files that come with Kafka: lines of one file go into a topic, and from there
/// into another file.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class ConnectTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    /// Of all tests, which may run at once in one object.
    @TempDir
    private static Path directory = Path.of("");

    @AfterAll
    void close() {
        admin.close();
        server.close();
    }

    @Test
    void aWorkerCopiesAFileThroughATopic() throws Exception {
        Path from = write("standalone.in", 0, 200);
        Path to = directory.resolve("standalone.out");
        Path worker = properties(
                "standalone.properties", """
                bootstrap.servers=%s
                key.converter=org.apache.kafka.connect.storage.StringConverter
                value.converter=org.apache.kafka.connect.json.JsonConverter
                offset.storage.file.filename=%s
                offset.flush.interval.ms=200
                listeners=http://127.0.0.1:0
                plugin.discovery=service_load
                """.formatted(server.address(), directory.resolve("standalone.offsets")));
        Path source = properties("source.properties", """
                name=source
                connector.class=FileStreamSource
                file=%s
                topic=standalone
                """.formatted(from));
        Path sink = properties("sink.properties", """
                name=sink
                connector.class=FileStreamSink
                file=%s
                topics=standalone
                consumer.override.auto.offset.reset=earliest
                """.formatted(to));
        try (ChildProcess process = KafkaPrograms.start(
                "org.apache.kafka.connect.cli.ConnectStandalone",
                worker.toString(),
                source.toString(),
                sink.toString())) {
            assertThat(read("standalone", 200)).hasSize(200);
            GroupMember.await(
                    "the file is copied",
                    () -> Files.exists(to)
                            && to.toFile().length() == from.toFile().length());
            process.terminate();
            process.awaitExit(PATIENCE);
        }
        assertThat(to).hasSameTextualContentAs(from);
    }

    /// Workers of a group keep what they know in compacted topics, and their sources write in transactions.
    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void aWorkerThatIsKilledGoesOnExactlyWhereItWas() throws Exception {
        admin.createTopics(List.of(new NewTopic("distributed", 1, (short) 1)))
                .all()
                .get();
        Path from = write("distributed.in", 0, 200);
        try (Worker first = new Worker()) {
            first.put("source", """
                    {"connector.class": "FileStreamSource", "tasks.max": "1", "file": "%s", "topic": "distributed"}
                    """.formatted(from));
            read("distributed", 200);
            append(from, 200, 300);
            first.process.kill();
        }
        append(from, 300, 400);
        Path to = directory.resolve("distributed.out");
        try (Worker second = new Worker()) {
            second.put("sink", """
                    {"connector.class": "FileStreamSink", "tasks.max": "1", "file": "%s", "topics": "distributed"}
                    """.formatted(to));
            List<String> lines = read("distributed", 400);
            assertThat(lines).containsExactlyElementsOf(lines(0, 400));
            assertThat(second.get("connectors")).contains("source").contains("sink");
            second.process.terminate();
            second.process.awaitExit(PATIENCE);
        }
        for (String topic : List.of("connect-configs", "connect-offsets", "connect-status")) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
    }

    /// A worker of the group, and its door for administrators.
    private final class Worker implements AutoCloseable {
        private final HttpClient client = HttpClient.newHttpClient();
        private final ChildProcess process;
        private final URI door;

        Worker() throws Exception {
            Path worker = properties("distributed.properties", """
                    bootstrap.servers=%s
                    group.id=connect
                    key.converter=org.apache.kafka.connect.storage.StringConverter
                    value.converter=org.apache.kafka.connect.storage.StringConverter
                    config.storage.topic=connect-configs
                    offset.storage.topic=connect-offsets
                    status.storage.topic=connect-status
                    config.storage.replication.factor=1
                    offset.storage.replication.factor=1
                    status.storage.replication.factor=1
                    offset.storage.partitions=2
                    status.storage.partitions=2
                    exactly.once.source.support=enabled
                    offset.flush.interval.ms=200
                    session.timeout.ms=6000
                    heartbeat.interval.ms=500
                    scheduled.rebalance.max.delay.ms=0
                    transaction.timeout.ms=5000
                    listeners=http://127.0.0.1:0
                    plugin.discovery=service_load
                    """.formatted(server.address()));
            process = KafkaPrograms.start("org.apache.kafka.connect.cli.ConnectDistributed", worker.toString());
            String line = process.awaitLine(one -> one.contains("REST server listening at"), PATIENCE);
            door = URI.create(line.replaceAll(".*listening at (http://[^/]+/).*", "$1"));
            process.awaitLine(one -> one.contains("Kafka Connect started"), PATIENCE);
        }

        /// Makes a connector, once the group is ready to.
        void put(String name, String config) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(door.resolve("connectors/" + name + "/config"))
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString(config))
                    .build();
            long end = System.nanoTime() + PATIENCE.toNanos();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            while (response.statusCode() == 409 || response.statusCode() >= 500) {
                assertThat(System.nanoTime()).as(response.body()).isLessThan(end);
                response = client.send(request, BodyHandlers.ofString());
            }
            assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
        }

        String get(String path) throws IOException, InterruptedException {
            return client.send(HttpRequest.newBuilder(door.resolve(path)).build(), BodyHandlers.ofString())
                    .body();
        }

        @Override
        public void close() {
            client.close();
            process.close();
        }
    }

    private Path properties(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path write(String name, int from, int to) throws IOException {
        return Files.write(directory.resolve(name), lines(from, to));
    }

    private static void append(Path file, int from, int to) throws IOException {
        Files.write(file, lines(from, to), StandardOpenOption.APPEND);
    }

    private static List<String> lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
    }

    /// What is committed in the only partition, at least so many.
    private List<String> read(String topic, int count) {
        Map<String, Object> config = server.clientConfig();
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "earliest");
        config.put("allow.auto.create.topics", "false");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            var partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count) {
                assertThat(System.nanoTime())
                        .as(() -> values.size() + " of " + count)
                        .isLessThan(end);
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
