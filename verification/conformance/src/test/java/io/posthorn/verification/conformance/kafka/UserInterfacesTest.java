package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The calls that user interfaces for Kafka make (Kafbat UI, AKHQ, Kafdrop, the Dev UI of Quarkus), page by
/// page, with what they show: of these programs only the last can be had from a registry that a build may
/// ask, and takes a build of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class UserInterfacesTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @AfterAll
    void close() {
        admin.close();
        server.close();
    }

    /// A topic of 3 partitions with 30 records of which a group has read 20, and a queue.
    @BeforeAll
    void fill() throws Exception {
        admin.createTopics(List.of(new NewTopic("shown", 3, (short) 1).configs(Map.of("retention.ms", "3600000"))))
                .all()
                .get();
        GroupsTest.produce(server, "shown", 0, 20);
        Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
        ends().forEach((partition, end) -> read.put(partition, new OffsetAndMetadata(end)));
        admin.alterConsumerGroupOffsets("readers", read).all().get();
        GroupsTest.produce(server, "shown", 20, 30);
    }

    private Map<TopicPartition, Long> ends() throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        IntStream.range(0, 3).forEach(i -> latest.put(new TopicPartition("shown", i), OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    @Test
    void thePageOfTheCluster() throws Exception {
        var cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        assertThat(cluster.clusterId().get()).hasSize(22);
        assertThat(cluster.controller().get().id()).isEqualTo(1);
        assertThat(cluster.nodes().get())
                .singleElement()
                .satisfies(node -> assertThat(node.port()).isEqualTo(server.port()));
        assertThat(cluster.authorizedOperations().get()).contains(AclOperation.DESCRIBE, AclOperation.ALTER);
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsKeys("group.version", "transaction.version");
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().leaderId()).isEqualTo(1);
        assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get()).isNotEmpty();
        assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                        .entities()
                        .get())
                .isEmpty();
        assertThat(admin.describeUserScramCredentials().all().get()).isNotNull();
        assertThat(admin.listTransactions().all().get()).isNotNull();
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void thePageOfABroker() throws Exception {
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        var config = admin.describeConfigs(List.of(broker), options).all().get().get(broker);
        assertThat(config.entries())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.source()).isNotEqualTo(ConfigEntry.ConfigSource.UNKNOWN));
        assertThat(config.get("log.retention.hours").value()).isEqualTo("168");
        var directories =
                admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1);
        assertThat(directories.values()).singleElement().satisfies(directory -> {
            assertThat(directory.error()).isNull();
            assertThat(directory.totalBytes()).isNotNull();
            assertThat(directory.replicaInfos()).containsKey(new TopicPartition("shown", 2));
        });
    }

    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void thePageOfTopics() throws Exception {
        Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        Map<String, TopicDescription> described =
                admin.describeTopics(names).allTopicNames().get();
        assertThat(described.get("__consumer_offsets").isInternal()).isTrue();
        TopicDescription shown = described.get("shown");
        assertThat(shown.isInternal()).isFalse();
        assertThat(shown.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isEqualTo(1);
            assertThat(partition.replicas()).hasSize(1);
            assertThat(partition.isr()).hasSize(1);
        });
        var resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        assertThat(admin.describeConfigs(resources).all().get()).hasSize(names.size());
        assertThat(ends().values().stream().mapToLong(end -> end).sum()).isEqualTo(30);
        var producers = admin.describeProducers(List.of(new TopicPartition("shown", 0)));
        assertThat(producers.all().get().get(new TopicPartition("shown", 0)).activeProducers())
                .isNotNull();
    }

    /// The newest of each partition, and from a moment on.
    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void thePageOfMessages() throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.put("max.poll.records", "7");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            var partitions = ends().keySet();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
            List<String> newest = new ArrayList<>();
            ends.forEach((partition, end) -> consumer.seek(partition, Math.max(end - 2, starts.get(partition))));
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> newest.add(record.value()));
            }
            assertThat(newest).hasSize(6).contains("29");

            Map<TopicPartition, Long> since = new HashMap<>();
            partitions.forEach(one -> since.put(one, 1L));
            assertThat(consumer.offsetsForTimes(since))
                    .allSatisfy((partition, found) -> assertThat(found.offset()).isEqualTo(starts.get(partition)));
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void thePageOfGroups() throws Exception {
        List<String> groups = admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
        assertThat(groups).contains("readers");
        var described = admin.describeConsumerGroups(
                        List.of("readers"), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .all()
                .get()
                .get("readers");
        assertThat(described.groupState()).isEqualTo(GroupState.EMPTY);
        assertThat(described.coordinator().id()).isEqualTo(1);
        Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets("readers")
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> lag = new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
        ends().forEach((partition, end) -> lag.put(
                partition, end - Objects.requireNonNull(read.get(partition)).offset()));
        assertThat(lag.values().stream().mapToLong(one -> one).sum()).isEqualTo(10);
    }

    /// Who is in it, from where, and how far each of them is behind.
    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void thePageOfAGroupWithMembers() throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.putAll(Map.of("group.id", "members", "client.id", "reader", "auto.offset.reset", "earliest"));
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("shown"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(50));
            }
            Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
            consumer.assignment().forEach(partition -> first.put(partition, new OffsetAndMetadata(1)));
            consumer.commitSync(first);

            var group =
                    admin.describeConsumerGroups(List.of("members")).all().get().get("members");
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            assertThat(group.members()).singleElement().satisfies(member -> {
                assertThat(member.clientId()).isEqualTo("reader");
                assertThat(member.host()).isEqualTo("/127.0.0.1");
                assertThat(member.assignment().topicPartitions()).containsExactlyInAnyOrderElementsOf(ends().keySet());
            });
            Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets("members")
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (var end : ends().entrySet()) {
                lag += end.getValue() - read.get(end.getKey()).offset();
            }
            assertThat(lag).isEqualTo(27);
        }
    }

    /// A record is written into one partition by hand, with a header, and seen among the newest; a topic
    /// that is there already, or wants more copies than there are brokers, is refused in words.
    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void whatIsCreatedOnThosePages() throws Exception {
        admin.createTopics(List.of(new NewTopic("made", 2, (short) 1).configs(Map.of("retention.ms", "60000"))))
                .all()
                .get();
        assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("made", 2, (short) 1)))
                        .all()
                        .get())
                .hasCauseInstanceOf(TopicExistsException.class)
                .hasMessageContaining("'made' already exists");
        assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("wide", 2, (short) 3)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidReplicationFactorException.class);

        var record = new ProducerRecord<>("made", 1, "key", "value");
        record.headers().add("header", new byte[] {'h'});
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new StringSerializer(), new StringSerializer())) {
            assertThat(producer.send(record).get().partition()).isEqualTo(1);
        }
        try (var consumer =
                new KafkaConsumer<>(server.clientConfig(), new StringDeserializer(), new StringDeserializer())) {
            var partitions = List.of(new TopicPartition("made", 0), new TopicPartition("made", 1));
            consumer.assign(partitions);
            consumer.endOffsets(partitions).forEach((one, end) -> consumer.seek(one, Math.max(0, end - 20)));
            List<ConsumerRecord<String, String>> newest = new ArrayList<>();
            while (newest.isEmpty()) {
                consumer.poll(Duration.ofMillis(200)).forEach(newest::add);
            }
            assertThat(newest).singleElement().satisfies(seen -> {
                assertThat(seen.partition()).isEqualTo(1);
                assertThat(seen.value()).isEqualTo("value");
                assertThat(seen.headers().lastHeader("header").value()).isEqualTo(new byte[] {'h'});
            });
        }
    }

    /// What only its coordinator may touch, as in Kafka.
    @Test
    void whatGroupsAreKeptInCannotBeEmptied() {
        var kept = new TopicPartition("__consumer_offsets", 0);
        assertThatThrownBy(() -> admin.deleteRecords(Map.of(kept, RecordsToDelete.beforeOffset(-1)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidTopicException.class);
    }

    @Test
    void whatIsChangedOnThosePages() throws Exception {
        admin.createTopics(List.of(new NewTopic("changed", 1, (short) 1))).all().get();
        GroupsTest.produce(server, "changed", 0, 5);
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, "changed");
        admin.incrementalAlterConfigs(Map.of(
                        topic,
                        List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "60000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        admin.createPartitions(Map.of("changed", NewPartitions.increaseTo(2)))
                .all()
                .get();
        var partition = new TopicPartition("changed", 0);
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                .all()
                .get();
        assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition)
                        .get()
                        .offset())
                .isEqualTo(5);
        admin.alterConsumerGroupOffsets("movers", Map.of(partition, new OffsetAndMetadata(5)))
                .all()
                .get();
        admin.deleteConsumerGroupOffsets("movers", Set.of(partition)).all().get();
        admin.deleteConsumerGroups(List.of("movers")).all().get();
        admin.deleteTopics(List.of("changed")).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("changed");
    }
}
