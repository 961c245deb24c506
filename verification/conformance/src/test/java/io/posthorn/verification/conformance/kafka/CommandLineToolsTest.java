package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.kafka.KafkaTools.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Kafka's command line tools as they are published: what they show, and the status that they end with.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class CommandLineToolsTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final KafkaTools tools;

    /// Of all tests, which run at once in one object and have each their own files in it.
    @TempDir
    private static Path directory = Path.of("");

    CommandLineToolsTest() throws IOException {
        tools = KafkaTools.of(server);
    }

    @AfterAll
    void close() {
        tools.close();
        server.close();
    }

    // ---- Topics and what they are configured with

    @Test
    void topicsAreCreatedShownWidenedAndDeleted() throws Exception {
        assertThat(tools.run(
                        "kafka-topics",
                        "--create",
                        "--topic",
                        "made",
                        "--partitions",
                        "3",
                        "--config",
                        "retention.ms=3600000"))
                .contains("Created topic made.");
        refused("Topic 'made' already exists.", "kafka-topics", "--create", "--topic", "made");
        tools.run("kafka-topics", "--create", "--topic", "made", "--if-not-exists");
        assertThat(tools.run("kafka-topics", "--list")).contains("made");
        assertThat(tools.run("kafka-topics", "--describe", "--topic", "made"))
                .anyMatch(
                        line -> line.matches(
                                "Topic: made\\tTopicId: \\S+\\tPartitionCount: 3\\tReplicationFactor: 1\\t.*retention.ms=3600000"))
                .anyMatch(
                        line -> line.matches("\\tTopic: made\\tPartition: 2\\tLeader: 1\\tReplicas: 1\\tIsr: 1\\t.*"));
        tools.run("kafka-topics", "--alter", "--topic", "made", "--partitions", "4");
        refused("2 would not be an increase", "kafka-topics", "--alter", "--topic", "made", "--partitions", "2");
        assertThat(tools.run("kafka-topics", "--describe", "--topics-with-overrides", "--topic", "made"))
                .anyMatch(line -> line.contains("PartitionCount: 4"));
        assertThat(tools.run("kafka-topics", "--describe", "--under-replicated-partitions"))
                .isEmpty();
        tools.run("kafka-topics", "--delete", "--topic", "made");
        assertThat(tools.run("kafka-topics", "--list")).doesNotContain("made");
        refused("Topic 'made' does not exist", "kafka-topics", "--describe", "--topic", "made");
        refused(
                "the target replication factor of 2 cannot be reached",
                "kafka-topics",
                "--create",
                "--topic",
                "twice",
                "--replication-factor",
                "2");
    }

    @Test
    void configurationsAreChangedAndShown() throws Exception {
        create("configured", 1);
        String[] entity = {"--entity-type", "topics", "--entity-name", "configured"};
        configs(entity, "--alter", "--add-config", "retention.bytes=1000000,cleanup.policy=[compact,delete]");
        assertThat(configs(entity, "--describe"))
                .anyMatch(line -> line.matches(" +retention.bytes=1000000 sensitive=false synonyms=.*"))
                .anyMatch(line -> line.matches(" +cleanup.policy=compact,delete .*DYNAMIC_TOPIC_CONFIG.*"));
        configs(entity, "--alter", "--delete-config", "retention.bytes");
        assertThat(configs(entity, "--describe")).noneMatch(line -> line.contains("retention.bytes"));
        assertThat(configs(entity, "--describe", "--all"))
                .anyMatch(line -> line.matches(" +retention.bytes=-1 .*DEFAULT_CONFIG.*"))
                .hasSizeGreaterThan(30);
        refused(
                "Unknown topic config name: nonsense",
                "kafka-configs",
                "--alter",
                "--entity-type",
                "topics",
                "--entity-name",
                "configured",
                "--add-config",
                "nonsense=1");

        assertThat(tools.run("kafka-configs", "--describe", "--entity-type", "brokers", "--entity-name", "1", "--all"))
                .anyMatch(line -> line.matches(" +node.id=1 .*"))
                .anyMatch(line -> line.matches(" +log.retention.hours=168 .*"));
        refused(
                "Cannot update these configs dynamically: [num.partitions]",
                "kafka-configs",
                "--alter",
                "--entity-type",
                "brokers",
                "--entity-name",
                "1",
                "--add-config",
                "num.partitions=2");
        String[] brokers = {"--entity-type", "brokers", "--entity-default"};
        configs(brokers, "--alter", "--add-config", "log.segment.bytes=2000000");
        assertThat(configs(brokers, "--describe"))
                .anyMatch(line -> line.matches(" +log.segment.bytes=2000000 sensitive=false synonyms=\\{"
                        + "DYNAMIC_DEFAULT_BROKER_CONFIG:log.segment.bytes=2000000\\}"));
        configs(brokers, "--alter", "--delete-config", "log.segment.bytes");
        String[] loggers = {"--entity-type", "broker-loggers", "--entity-name", "1"};
        configs(loggers, "--alter", "--add-config", "org.apache.kafka=FATAL");
        assertThat(configs(loggers, "--describe")).anyMatch(line -> line.matches(" +org.apache.kafka=ERROR .*"));
    }

    private List<String> configs(String[] entity, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(entity));
        return tools.run("kafka-configs", all.toArray(String[]::new));
    }

    @Test
    void aUserIsGivenAPasswordAndRightsAndLogsInWithThem() throws Exception {
        create("alices", 1);
        String[] alice = {"--entity-type", "users", "--entity-name", "alice"};
        configs(alice, "--alter", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=a-good-secret]");
        assertThat(configs(alice, "--describe"))
                .anyMatch(line ->
                        line.matches("SCRAM credential configs for user-principal 'alice' are SCRAM-SHA-256=.*"));
        tools.run("kafka-acls", "--add", "--allow-principal", "User:alice", "--producer", "--topic", "alices");
        tools.run(
                "kafka-acls",
                "--add",
                "--allow-principal",
                "User:alice",
                "--consumer",
                "--topic",
                "alices",
                "--group",
                "a");
        assertThat(tools.run("kafka-acls", "--list", "--topic", "alices"))
                .anyMatch(
                        line -> line.contains("ResourcePattern(resourceType=TOPIC, name=alices, patternType=LITERAL)"))
                .anyMatch(line -> line.contains("(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)"))
                .anyMatch(
                        line -> line.contains("(principal=User:alice, host=*, operation=WRITE, permissionType=ALLOW)"));

        Path login = Files.writeString(directory.resolve("alice.properties"), """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=SCRAM-SHA-256
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
                  username="alice" password="a-good-secret";
                """);
        tools.run(
                Files.writeString(directory.resolve("alice.txt"), "mine\n"),
                "kafka-console-producer",
                "--topic",
                "alices",
                "--command-config",
                login.toString());
        assertThat(consume("alices", 1, "--group", "a", "--command-config", login.toString()))
                .contains("mine");
        tools.run(
                "kafka-acls",
                "--remove",
                "--force",
                "--allow-principal",
                "User:alice",
                "--operation",
                "Read",
                "--topic",
                "alices");
        assertThat(tools.run("kafka-acls", "--list", "--topic", "alices"))
                .noneMatch(line -> line.contains("operation=READ"));
        assertThat(consume("alices", 1, "--group", "a", "--command-config", login.toString(), "--timeout-ms", "20000"))
                .anyMatch(line -> line.contains("Not authorized to access topics: [alices]"));
        refused(
                "nothing is denied here",
                "kafka-acls",
                "--add",
                "--deny-principal",
                "User:alice",
                "--operation",
                "Read",
                "--topic",
                "alices");
    }

    // ---- Records

    @Test
    void whatIsTypedIsReadAndItsOffsetsAreToldAndGivenUp() throws Exception {
        create("typed", 2);
        tools.run(
                Files.writeString(directory.resolve("typed.txt"), "a:1\nb:2\na:3\n"),
                "kafka-console-producer",
                "--topic",
                "typed",
                "--compression-codec",
                "lz4",
                "--reader-property",
                "parse.key=true",
                "--reader-property",
                "key.separator=:");
        assertThat(consume("typed", 3, "--formatter-property", "print.key=true"))
                .contains("a\t1", "b\t2", "a\t3", "Processed a total of 3 messages");
        int partition = tools.run("kafka-get-offsets", "--topic", "typed").contains("typed:0:0") ? 1 : 0;
        assertThat(consume("typed", 1, "--partition", "" + partition, "--offset", "1"))
                .anyMatch(line -> line.matches("[23]"));

        Path offsets = Files.writeString(directory.resolve("offsets.json"), """
                {"version": 1, "partitions": [{"topic": "typed", "partition": %d, "offset": 1}]}
                """.formatted(partition));
        assertThat(tools.run("kafka-delete-records", "--offset-json-file", offsets.toString()))
                .contains("partition: typed-" + partition + "\tlow_watermark: 1");
        assertThat(tools.run("kafka-get-offsets", "--topic", "typed", "--time", "earliest"))
                .contains("typed:" + partition + ":1", "typed:" + (1 - partition) + ":0");
        assertThat(tools.run(
                        "kafka-get-offsets", "--topic-partitions", "typed:" + partition, "--time", "max-timestamp"))
                .hasSize(1);
    }

    @Test
    void loadsAreMeasured() throws Exception {
        assertThat(tools.run(
                        "kafka-producer-perf-test",
                        "--topic",
                        "load",
                        "--num-records",
                        "5000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1"))
                .anyMatch(line -> line.startsWith("5000 records sent, "));
        assertThat(tools.run(
                        "kafka-producer-perf-test",
                        "--topic",
                        "load",
                        "--num-records",
                        "5000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--transactional-id",
                        "load",
                        "--transaction-duration-ms",
                        "50"))
                .anyMatch(line -> line.startsWith("5000 records sent, "));
        assertThat(tools.run("kafka-consumer-perf-test", "--topic", "load", "--num-records", "10000"))
                .anyMatch(line -> line.matches("\\d{4}-.*, 10\\d{3}, .*"));
        assertThat(tools.run("kafka-transactions", "list"))
                .anyMatch(line -> line.matches("load +\\t1 +\\t\\d+ *\\tCompleteCommit *\\t"));
        assertThat(tools.run("kafka-transactions", "describe", "--transactional-id", "load"))
                .anyMatch(line -> line.contains("CompleteCommit"));
        assertThat(tools.run("kafka-transactions", "describe-producers", "--topic", "load", "--partition", "0"))
                .hasSizeGreaterThan(1);
        assertThat(tools.run("kafka-transactions", "find-hanging", "--broker-id", "1"))
                .hasSize(1);
    }

    @Test
    void aProgramThatReportsEachRecordIsToldOfEach() throws Exception {
        create("verified", 1);
        List<String> lines =
                tools.run("kafka-verifiable-producer", "--topic", "verified", "--max-messages", "5", "--acks", "-1");
        // It reports its last records after its main method has returned.
        assertThat(tools.run("kafka-get-offsets", "--topic", "verified")).contains("verified:0:5");
        assertThat(lines).anyMatch(line -> line.contains("startup_complete"));
        assertThat(tools.run(
                        "kafka-verifiable-consumer",
                        "--topic",
                        "verified",
                        "--group-id",
                        "verifiers",
                        "--max-messages",
                        "5",
                        "--reset-policy",
                        "earliest"))
                .anyMatch(line -> line.contains("\"offset\":5}],\"success\":true"));
        assertThat(tools.run(
                        "kafka-streams-application-reset",
                        "--application-id",
                        "verifiers",
                        "--input-topics",
                        "verified"))
                .contains("Topic: verified Partition: 0 Offset: 0");
    }

    // ---- The cluster, which is one node

    @Test
    void theClusterIsShown() throws Exception {
        assertThat(tools.run("kafka-cluster", "cluster-id")).anyMatch(line -> line.matches("Cluster ID: \\S{22}"));
        assertThat(tools.run("kafka-cluster", "list-endpoints"))
                .anyMatch(line -> line.matches("1 +127.0.0.1 +%d .*".formatted(server.port())));
        assertThat(tools.run("kafka-broker-api-versions"))
                .anyMatch(line -> line.startsWith(server.address() + " (id: 1 "))
                .anyMatch(line -> line.matches("\\s+Produce\\(0\\): 0 to 13 \\[usable: 13\\],"));
        assertThat(tools.run("kafka-metadata-quorum", "describe", "--status"))
                .anyMatch(line -> line.matches("LeaderId: +1"))
                .anyMatch(line -> line.matches("CurrentVoters: +\\[\\{\"id\": 1, .*"));
        assertThat(tools.run("kafka-metadata-quorum", "describe", "--replication"))
                .anyMatch(line -> line.matches("1 +\\t.*Leader *\\t"));
        assertThat(tools.run("kafka-features", "describe"))
                .anyMatch(line -> line.matches("Feature: transaction.version\\s.*FinalizedVersionLevel: 2\\s.*"));
        refused("those of its version", "kafka-features", "upgrade", "--feature", "transaction.version=1");
    }

    @Test
    void whereThingsLieIsShownAndStaysSo() throws Exception {
        create("lying", 2);
        GroupsTest.produce(server, "lying", 0, 10);
        assertThat(tools.run("kafka-log-dirs", "--describe", "--topic-list", "lying"))
                .anyMatch(line -> line.contains("{\"partition\":\"lying-0\",\"size\":"))
                .anyMatch(line -> line.contains("\"error\":null"));
        assertThat(tools.run(
                        "kafka-leader-election",
                        "--election-type",
                        "preferred",
                        "--topic",
                        "lying",
                        "--partition",
                        "0"))
                .anyMatch(line -> line.contains("Valid replica already elected for partitions lying-0"));
        tools.run("kafka-leader-election", "--election-type", "preferred", "--all-topic-partitions");

        Path topics = Files.writeString(directory.resolve("topics.json"), """
                {"version": 1, "topics": [{"topic": "lying"}]}
                """);
        assertThat(tools.run(
                        "kafka-reassign-partitions",
                        "--generate",
                        "--topics-to-move-json-file",
                        topics.toString(),
                        "--broker-list",
                        "1"))
                .anyMatch(line -> line.contains("{\"topic\":\"lying\",\"partition\":0,\"replicas\":[1]"));
        Path here = assignment(1);
        assertThat(tools.run("kafka-reassign-partitions", "--execute", "--reassignment-json-file", here.toString()))
                .contains("Successfully started partition reassignment for lying-0");
        assertThat(tools.run("kafka-reassign-partitions", "--verify", "--reassignment-json-file", here.toString()))
                .contains("Reassignment of partition lying-0 is completed.");
        assertThat(tools.run("kafka-reassign-partitions", "--list")).contains("No partition reassignments found.");
        refused(
                "Unknown broker id 2",
                "kafka-reassign-partitions",
                "--execute",
                "--reassignment-json-file",
                assignment(2).toString());
    }

    private Path assignment(int broker) throws IOException {
        return Files.writeString(directory.resolve("to-" + broker + ".json"), """
                {"version": 1, "partitions": [{"topic": "lying", "partition": 0, "replicas": [%d]}]}
                """.formatted(broker));
    }

    @Test
    void groupsOfAllKindsAreListed() throws Exception {
        create("grouped", 1);
        GroupsTest.produce(server, "grouped", 0, 4);
        assertThat(consume("grouped", 4, "--group", "classics"))
                .containsAll(IntStream.range(0, 4).mapToObj(Integer::toString).toList());
        assertThat(consume("grouped", 4, "--group", "moderns", "--command-property", "group.protocol=consumer"))
                .contains("Processed a total of 4 messages");
        assertThat(tools.run("kafka-groups", "--list"))
                .anyMatch(line -> line.matches("classics +Classic +consumer *"))
                .anyMatch(line -> line.matches("moderns +Consumer +consumer *"));
        tools.run("kafka-share-groups", "--list");
        tools.run("kafka-streams-groups", "--list");
    }

    // ---- Calls

    private void create(String topic, int partitions) throws Exception {
        tools.run("kafka-topics", "--create", "--topic", topic, "--partitions", "" + partitions);
    }

    private List<String> consume(String topic, int count, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("--topic", topic, "--max-messages", "" + count));
        if (!List.of(more).contains("--offset")) {
            arguments.add("--from-beginning");
        }
        arguments.addAll(List.of(more));
        return tools.run("kafka-console-consumer", arguments.toArray(String[]::new));
    }

    private void refused(String reason, String tool, String... arguments) throws Exception {
        Outcome outcome = tools.call(tool, arguments);
        assertThat(outcome.status())
                .as(() -> String.join("\n", outcome.lines()))
                .isEqualTo(1);
        assertThat(outcome.lines()).anyMatch(line -> line.matches("(?i).*" + Pattern.quote(reason) + ".*"));
    }
}
