package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What goes in comes out and is found again, with clients that are not Kafka's own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class ForeignRecordsTest {
    private final ForeignWorld world = new ForeignWorld("records");

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void kafkaPythonProducesInEveryWayItHas() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String key : List.of("0 None", "0 gzip", "1 None", "1 gzip", "all None", "all gzip")) {
            wanted.add(key + ": 1000 [('h', b'\\x00\\xff')]");
            wanted.add(key + ": None []");
        }
        assertThat(world.run(ForeignKafka.KAFKA_PYTHON, "produced")).containsExactlyElementsOf(wanted);
    }

    @Test
    void kafkaPythonFindsRecords() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKA_PYTHON, "found"))
                .containsExactly(
                        "1 9",
                        "0 10",
                        "4 {TopicPartition(topic='KAFKA_PYTHON-found', partition=1): None}",
                        "[7, 8, 9]",
                        "[0, 1, 2, 3] True");
    }

    @Test
    void kafkajsProducesInEveryWayItHas() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String key : List.of("-1 0", "-1 1", "0 0", "0 1", "1 0", "1 1")) {
            wanted.add(key + ": 1000 00ff");
            wanted.add(key + ": null -");
        }
        assertThat(world.run(ForeignKafka.KAFKAJS, "produced")).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void kafkajsFindsRecords() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKAJS, "found")).containsExactly("1 0", "0 10", "4", "7 10", "7,8,9");
    }

    @Test
    void kafkajsLooksAfterTopics() throws Exception {
        assertThat(world.run(ForeignKafka.KAFKAJS, "topics"))
                .containsExactly("true false", "true", "3", "compact 604800000", "1 1", "false");
    }

    @ParameterizedTest
    @CsvSource({"none,all", "gzip,all", "snappy,1", "lz4,all", "zstd,1", "lz4,0"})
    void kcatProducesInEveryWayItHas(String codec, String acks, @TempDir Path directory) throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-" + codec + "-" + acks);
        String long1 = "x".repeat(500);
        String long2 = "y".repeat(500);
        Path lines = Files.writeString(directory.resolve("lines"), "a:%s\nb:%s\na:\n".formatted(long1, long2));
        ForeignKafka.KCAT.run(
                world.server(),
                "-P",
                "-t",
                topic,
                "-p",
                "2",
                "-K:",
                "-Z",
                "-z",
                codec,
                "-X",
                "acks=" + acks,
                "-H",
                "h=1",
                "-l",
                lines.toString());

        assertThat(ForeignKafka.KCAT.run(
                        world.server(),
                        "-C",
                        "-t",
                        topic,
                        "-p",
                        "2",
                        "-o",
                        "beginning",
                        "-c",
                        "3",
                        "-q",
                        "-f",
                        "%p %o %k %h %S %s\\n"))
                .containsExactly("2 0 a h=1 500 " + long1, "2 1 b h=1 500 " + long2, "2 2 a h=1 -1 ");
    }

    @Test
    void kcatFindsRecordsAndTheCluster() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        String topic = world.topic("kcat-finds");
        GroupsTest.produce(world.server(), topic, 0, 40);
        assertThat(ForeignKafka.KCAT.run(world.server(), "-L", "-t", topic))
                .anyMatch(line -> line.contains("broker 1 at " + world.server().address() + " (controller)"))
                .anyMatch(line -> line.contains("topic \"kcat-finds\" with 4 partitions"))
                .anyMatch(line -> line.contains("partition 3, leader 1, replicas: 1, isrs: 1"));
        assertThat(ForeignKafka.KCAT.run(world.server(), "-Q", "-t", topic + ":0:-2"))
                .containsExactly(topic + " [0] offset 0");
        assertThat(ForeignKafka.KCAT.run(world.server(), "-C", "-t", topic, "-o", "s@1000", "-e", "-q"))
                .hasSize(40);
        assertThat(ForeignKafka.KCAT.run(world.server(), "-C", "-t", topic, "-p", "0", "-o", "-1", "-e", "-q"))
                .hasSize(1);
    }
}
