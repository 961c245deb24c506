package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Consumers in groups, with clients that are not Kafka's own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class ForeignGroupsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ForeignWorld world = new ForeignWorld("groups");

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void kafkaPythonDoesNotReadAgainWhatItHasCommitted() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKA_PYTHON, "commit"))
                .containsExactly("[0, 1, 2, 3, 4, 5, 6, 7]", "[8, 9, 10, 11]", "2");
    }

    @Test
    void kafkaPythonSharesPartitions() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKA_PYTHON, "share")).containsExactly("two each", "all four");
    }

    @Test
    void kafkaPythonLooksAfterGroups() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKA_PYTHON, "administer"))
                .containsExactly(
                        "True",
                        "KAFKA_PYTHON-administer Stable ['me']",
                        "[(0, 1), (1, 1), (2, 1), (3, 1)]",
                        "[('KAFKA_PYTHON-administer', 'NoError')]");
    }

    @Test
    void kafkajsDoesNotReadAgainWhatItHasCommitted() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKAJS, "commit")).containsExactly("[0,1,2,3,4,5,6,7]", "[8,9,10,11]");
    }

    @Test
    void kafkajsSharesPartitions() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKAJS, "share")).containsExactly("two each", "all four");
    }

    @Test
    void kafkajsLooksAfterGroups() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKAJS, "administer"))
                .containsExactly("true", "Empty", "1,1,1,1", "1,1,0,1", "false");
    }

    @Test
    void kcatReadsInAGroupAndGoesOnWhereItEnded() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-groups");
        GroupsTest.produce(world.server(), topic, 0, 10);

        assertThat(kcat(topic)).containsExactlyInAnyOrderElementsOf(values(0, 10));
        assertThat(world.admin()
                        .listConsumerGroupOffsets("kcats")
                        .partitionsToOffsetAndMetadata()
                        .get())
                .hasSizeGreaterThan(1)
                .containsKey(new TopicPartition(topic, 1));
        GroupsTest.produce(world.server(), topic, 10, 15);
        assertThat(kcat(topic)).containsExactlyInAnyOrderElementsOf(values(10, 15));
    }

    @Test
    void kcatSharesPartitions() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-share");
        try (ChildProcess first = sharing(topic)) {
            first.awaitLine(line -> assigned(line) == 4, PATIENCE);
            try (ChildProcess second = sharing(topic)) {
                second.awaitLine(line -> assigned(line) == 2, PATIENCE);
                first.awaitLine(line -> assigned(line) == 2, PATIENCE);
                int before = first.lines().size();
                second.terminate();
                first.awaitLine(before, line -> assigned(line) == 4, PATIENCE);
            }
        }
    }

    private ChildProcess sharing(String topic) throws Exception {
        return ForeignKafka.KCAT.start(
                world.server().address(), "-G", "kcat-sharers", "-X", "heartbeat.interval.ms=300", topic);
    }

    /// How many partitions are assigned by this line: `% Group g rebalanced (memberid m): assigned: t [0], t [1]`.
    private static int assigned(String line) {
        return line.contains("assigned: ")
                ? line.substring(line.indexOf("assigned: ")).split(", ", -1).length
                : 0;
    }

    /// A member that was killed leaves its place for as long as its session may last; whoever comes by its name has it
    /// at once.
    @Test
    @SuppressWarnings("NullAway") // the group is described
    void kcatTakesThePlaceOfAStaticMember() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-static");
        GroupsTest.produce(world.server(), topic, 0, 10);
        try (ChildProcess first = staticMember(topic)) {
            first.awaitLine(line -> line.equals("9"), PATIENCE);
            first.kill();
        }
        GroupsTest.produce(world.server(), topic, 10, 20);
        try (ChildProcess second = staticMember(topic)) {
            second.awaitLine(line -> line.equals("19"), PATIENCE);
            assertThat(world.admin()
                            .describeConsumerGroups(List.of("kcat-statics"))
                            .describedGroups()
                            .get("kcat-statics")
                            .get()
                            .members())
                    .singleElement()
                    .satisfies(member -> assertThat(member.groupInstanceId()).contains("the-one"));
        }
    }

    private ChildProcess staticMember(String topic) throws Exception {
        return ForeignKafka.KCAT.start(
                world.server().address(),
                "-G",
                "kcat-statics",
                "-q",
                "-u",
                "-X",
                "group.instance.id=the-one",
                "-X",
                "session.timeout.ms=600000",
                "-X",
                "max.poll.interval.ms=600000",
                "-X",
                "auto.offset.reset=earliest",
                topic);
    }

    /// Until the end of every partition.
    private List<String> kcat(String topic) throws Exception {
        return ForeignKafka.KCAT.run(
                world.server(), "-q", "-X", "auto.offset.reset=earliest", "-e", "-G", "kcats", topic);
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }
}
