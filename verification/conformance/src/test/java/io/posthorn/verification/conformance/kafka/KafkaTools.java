package io.posthorn.verification.conformance.kafka;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Kafka's command line tools, by the names of their scripts, called one after the other in a process of their own.
final class KafkaTools implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ENDED = "--- ended with ";
    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("kafka-acls", "org.apache.kafka.tools.AclCommand"),
            Map.entry("kafka-broker-api-versions", "org.apache.kafka.tools.BrokerApiVersionsCommand"),
            Map.entry("kafka-cluster", "org.apache.kafka.tools.ClusterTool"),
            Map.entry("kafka-configs", "kafka.admin.ConfigCommand"),
            Map.entry("kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
            Map.entry("kafka-console-producer", "org.apache.kafka.tools.ConsoleProducer"),
            Map.entry("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
            Map.entry("kafka-consumer-perf-test", "org.apache.kafka.tools.ConsumerPerformance"),
            Map.entry("kafka-delete-records", "org.apache.kafka.tools.DeleteRecordsCommand"),
            Map.entry("kafka-features", "org.apache.kafka.tools.FeatureCommand"),
            Map.entry("kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
            Map.entry("kafka-groups", "org.apache.kafka.tools.GroupsCommand"),
            Map.entry("kafka-leader-election", "org.apache.kafka.tools.LeaderElectionCommand"),
            Map.entry("kafka-log-dirs", "org.apache.kafka.tools.LogDirsCommand"),
            Map.entry("kafka-metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand"),
            Map.entry("kafka-producer-perf-test", "org.apache.kafka.tools.ProducerPerformance"),
            Map.entry("kafka-reassign-partitions", "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"),
            Map.entry("kafka-streams-application-reset", "org.apache.kafka.tools.StreamsResetter"),
            Map.entry("kafka-share-groups", "org.apache.kafka.tools.consumer.group.ShareGroupCommand"),
            Map.entry("kafka-streams-groups", "org.apache.kafka.tools.streams.StreamsGroupCommand"),
            Map.entry("kafka-topics", "org.apache.kafka.tools.TopicCommand"),
            Map.entry("kafka-transactions", "org.apache.kafka.tools.TransactionsCommand"),
            Map.entry("kafka-verifiable-consumer", "org.apache.kafka.tools.VerifiableConsumer"),
            Map.entry("kafka-verifiable-producer", "org.apache.kafka.tools.VerifiableProducer"));

    /// Those whose arguments begin with a command of their own, before which the address belongs.
    private static final Set<String> ADDRESS_FIRST =
            Set.of("kafka-features", "kafka-metadata-quorum", "kafka-transactions");

    private final String address;
    private final ChildProcess process;

    private KafkaTools(String address) throws IOException {
        this.address = address;
        this.process = KafkaPrograms.start("io.posthorn.verification.programs.Tools");
    }

    static KafkaTools of(KafkaServer server) throws IOException {
        return new KafkaTools(server.address());
    }

    /// What a call has printed, errors included, and the status that it ended with.
    record Outcome(int status, List<String> lines) {}

    /// Calls a tool that has to succeed, as `tool arguments --bootstrap-server ADDRESS`.
    List<String> run(String tool, String... arguments) throws IOException, InterruptedException {
        return succeeded(tool, call("", tool, arguments));
    }

    /// The same, with a file as its standard input.
    List<String> run(Path input, String tool, String... arguments) throws IOException, InterruptedException {
        return succeeded(tool, call(input.toString(), tool, arguments));
    }

    /// Calls a tool that may fail.
    Outcome call(String tool, String... arguments) throws IOException, InterruptedException {
        return call("", tool, arguments);
    }

    private static List<String> succeeded(String tool, Outcome outcome) {
        if (outcome.status() != 0) {
            throw new IllegalStateException(
                    tool + " ended with " + outcome.status() + ":\n" + String.join("\n", outcome.lines()));
        }
        return outcome.lines();
    }

    private synchronized Outcome call(String input, String tool, String... arguments)
            throws IOException, InterruptedException {
        List<String> call = new ArrayList<>(List.of(Objects.requireNonNull(CLASSES.get(tool), tool), input));
        call.addAll(List.of(arguments));
        call.addAll(ADDRESS_FIRST.contains(tool) ? 2 : call.size(), List.of("--bootstrap-server", address));
        int from = process.lines().size();
        process.say(String.join("\t", call));
        int end = process.awaitLine(from, line -> line.startsWith(ENDED), PATIENCE);
        List<String> lines = process.lines();
        return new Outcome(Integer.parseInt(lines.get(end).substring(ENDED.length())), lines.subList(from, end));
    }

    @Override
    public void close() {
        process.close();
    }
}
