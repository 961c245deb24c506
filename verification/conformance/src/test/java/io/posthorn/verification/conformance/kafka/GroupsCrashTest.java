package io.posthorn.verification.conformance.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What groups have committed, and a broker that is killed.
class GroupsCrashTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final int GROUPS = 10;

    @TempDir
    private Path data = Path.of("");

    @Test
    void anOffsetThatWasConfirmedIsThereAfterAKill() throws Exception {
        long confirmed = 0;
        for (int round = 0; round < 3; round++) {
            try (ChildProcess broker = start();
                    Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", address(broker)))) {
                if (round == 0) {
                    admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                            .all()
                            .get();
                } else {
                    assertThat(offsets(admin)).isSubsetOf(confirmed, confirmed + 1);
                }
                for (int n = 0; n < 20; n++) {
                    KafkaFuture.allOf(commit(admin, ++confirmed)).get();
                }
                var unconfirmed = commit(admin, confirmed + 1);
                broker.kill();
                assertThat(unconfirmed).hasSize(GROUPS);
                admin.close(Duration.ZERO);
            }
        }
    }

    private static KafkaFuture<?>[] commit(Admin admin, long offset) {
        var commits = new KafkaFuture<?>[GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            commits[group] = admin.alterConsumerGroupOffsets(
                            "group-" + group, Map.of(PARTITION, new OffsetAndMetadata(offset)))
                    .all();
        }
        return commits;
    }

    private static List<Long> offsets(Admin admin) throws Exception {
        List<Long> offsets = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            var committed = admin.listConsumerGroupOffsets("group-" + group).partitionsToOffsetAndMetadata();
            offsets.add(requireNonNull(committed.get().get(PARTITION)).offset());
        }
        return offsets;
    }

    private ChildProcess start() throws IOException {
        List<String> command = new ArrayList<>(PosthornProcess.javaCommand());
        command.addAll(List.of("io.posthorn.server.Main", "serve", "--data", data.toString()));
        command.addAll(List.of("--amqp", "127.0.0.1:0", "--kafka", "127.0.0.1:0", "--http", "off"));
        return ChildProcess.start("posthorn", new ProcessBuilder(command));
    }

    private static String address(ChildProcess broker) throws InterruptedException {
        return broker.awaitLine(line -> line.matches(" +Kafka +127.0.0.1:\\d+"), Duration.ofMinutes(1))
                .replaceAll(".* ", "");
    }
}
