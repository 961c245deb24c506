package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Transactions with clients that are not Kafka's own, and keep one epoch for all of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignTransactionsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ForeignWorld world = new ForeignWorld("transactions");

    @AfterAll
    void close() {
        world.close();
    }

    private List<String> kafkajs(String feature) throws Exception {
        return world.run(ForeignKafka.KAFKAJS, feature);
    }

    @Test
    void kafkajsCommitsAndAborts() throws Exception {
        assertThat(kafkajs("commit")).containsExactly("0a 0b 0c 0d 2a 2b 2c 2d 4a 4b 4c 4d 6a 6b 6c 6d 8a 8b 8c 8d");
    }

    @Test
    void kafkajsIsFencedByItsSuccessor() throws Exception {
        assertThat(kafkajs("fence")).containsExactly("INVALID_PRODUCER_EPOCH");
    }

    @Test
    void kafkajsCommitsOffsetsWithTheTransaction() throws Exception {
        assertThat(kafkajs("offsets")).containsExactly("2");
    }

    @Test
    void kcatCommitsAndReadsWhatIsCommitted(@TempDir Path directory) throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-commit");
        Path lines = Files.writeString(directory.resolve("lines"), "one\ntwo\nthree\n");
        for (int i = 0; i < 3; i++) {
            kcat("-P", topic, "-X", "transactional.id=kcat", "-l", lines.toString());
        }

        assertThat(committed(topic))
                .containsExactly("one", "two", "three", "one", "two", "three", "one", "two", "three");
    }

    /// It aborts its transaction only between two messages, and was waiting for one.
    @Test
    void whatKcatLeavesOpenIsAborted() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-abort");
        try (ChildProcess producer = transactional(topic, "-X", "transaction.timeout.ms=1000")) {
            awaitRecords(topic);
            producer.terminate();
            producer.awaitExit(PATIENCE);
        }
        GroupMember.await("the transaction is aborted", () -> state(topic) == TransactionState.COMPLETE_ABORT);
        assertThat(committed(topic)).isEmpty();
    }

    private TransactionState state(String transactionalId) {
        return world.admin()
                .describeTransactions(List.of(transactionalId))
                .description(transactionalId)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .state();
    }

    @Test
    void kcatIsFencedByItsSuccessorWhichAbortsWhatItHasBegun(@TempDir Path directory) throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-fence");
        Path lines = Files.writeString(directory.resolve("lines"), "of the second\n");
        try (ChildProcess first = transactional(topic)) {
            awaitRecords(topic);
            kcat("-P", topic, "-X", "transactional.id=" + topic, "-l", lines.toString());
            first.endInput();
            assertThat(first.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(first.lines()).anyMatch(line -> line.contains("fenced by a newer instance"));
        }
        assertThat(committed(topic)).containsExactly("of the second");
    }

    /// One that has begun, and waits for more input than the blocks that kcat reads at a time.
    private ChildProcess transactional(String topic, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-X", "transactional.id=" + topic));
        arguments.addAll(List.of(more));
        ChildProcess producer = ForeignKafka.KCAT.start(world.server().address(), "-P", ofPartition(topic, arguments));
        for (int i = 0; i < 50; i++) {
            producer.say("x".repeat(500));
        }
        return producer;
    }

    /// Until there is something in the partition, committed or not.
    private void awaitRecords(String topic) throws Exception {
        kcat("-C", topic, "-c", "1", "-q", "-X", "isolation.level=read_uncommitted");
    }

    private List<String> committed(String topic) throws Exception {
        return kcat("-C", topic, "-e", "-q", "-X", "isolation.level=read_committed");
    }

    private List<String> kcat(String mode, String topic, String... more) throws Exception {
        return ForeignKafka.KCAT.run(world.server(), mode, ofPartition(topic, List.of(more)));
    }

    private static String[] ofPartition(String topic, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of("-t", topic, "-p", "0"));
        arguments.addAll(more);
        return arguments.toArray(String[]::new);
    }
}
