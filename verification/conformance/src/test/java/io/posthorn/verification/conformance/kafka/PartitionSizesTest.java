package io.posthorn.verification.conformance.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What DescribeLogDirs tells of partitions' sizes.
class PartitionSizesTest {
    private static final TopicPartition FULL = new TopicPartition("t", 0);
    private static final TopicPartition EMPTY = new TopicPartition("t", 1);
    private static final int RECORDS = 40;
    private static final int RECORD = 20_000;

    @TempDir
    private Path directory;

    @Test
    void theyAreThoseOfWhatIsKeptAfterARestartToo() throws Exception {
        long before;
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            admin.createTopics(Set.of(new NewTopic("t", 2, (short) 1))).all().get();
            produce(server);
            before = size(admin, FULL);
            assertThat(before).isBetween((long) RECORDS * RECORD, RECORDS * (RECORD + 200L));
            assertThat(size(admin, EMPTY)).isZero();
        }
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            assertThat(size(admin, FULL)).isEqualTo(before);
            admin.deleteRecords(Map.of(FULL, RecordsToDelete.beforeOffset(RECORDS / 2)))
                    .all()
                    .get();
            assertThat(size(admin, FULL)).isBetween(before / 2 - RECORD, before / 2 + 2 * RECORD);
            admin.deleteRecords(Map.of(FULL, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
            assertThat(size(admin, FULL)).isZero();
        }
    }

    private static void produce(KafkaServer server) throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.put("batch.size", 0);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(FULL.topic(), FULL.partition(), null, new byte[RECORD]))
                        .get();
            }
        }
    }

    private static long size(Admin admin, TopicPartition partition) throws Exception {
        var nodes = admin.describeLogDirs(List.of(1)).allDescriptions().get();
        var replicas = requireNonNull(nodes.get(1)).values().iterator().next().replicaInfos();
        return requireNonNull(replicas.get(partition)).size();
    }
}
