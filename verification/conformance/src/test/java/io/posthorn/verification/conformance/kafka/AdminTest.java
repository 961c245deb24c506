package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What administrators do, with Kafka's own client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @AfterAll
    void close() {
        admin.close();
        server.close();
    }

    private static Throwable failure(KafkaFuture<?> future) throws InterruptedException {
        try {
            future.get();
            return new AssertionError("it was done");
        } catch (ExecutionException refused) {
            return Objects.requireNonNull(refused.getCause());
        }
    }

    private static <K, V> V at(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }

    private void create(NewTopic... topics) throws Exception {
        admin.createTopics(Arrays.asList(topics)).all().get();
    }

    private Throwable failureToCreate(NewTopic topic) throws InterruptedException {
        return failure(admin.createTopics(List.of(topic)).all());
    }

    private TopicDescription describe(String name) throws Exception {
        return at(admin.describeTopics(List.of(name)).allTopicNames().get(), name);
    }

    @Test
    void theClusterIsOneNodeWhereWeHaveCome() throws Exception {
        var cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));

        assertThat(cluster.nodes().get()).singleElement().satisfies(node -> {
            assertThat(node.host()).isEqualTo("127.0.0.1");
            assertThat(node.port()).isEqualTo(server.port());
        });
        assertThat(cluster.controller().get().id()).isEqualTo(1);
        assertThat(cluster.clusterId().get()).hasSize(22);
        assertThat(cluster.authorizedOperations().get()).contains(AclOperation.ALTER, AclOperation.IDEMPOTENT_WRITE);
    }

    @Test
    void aTopicIsCreatedDescribedAndDeleted() throws Exception {
        var created = admin.createTopics(List.of(new NewTopic("created", 3, (short) 1)));
        assertThat(created.numPartitions("created").get()).isEqualTo(3);
        assertThat(created.replicationFactor("created").get()).isEqualTo(1);
        assertThat(created.config("created").get().get("cleanup.policy").value())
                .isEqualTo("delete");
        Uuid id = created.topicId("created").get();

        TopicDescription described = describe("created");
        assertThat(described.topicId()).isEqualTo(id);
        assertThat(described.isInternal()).isFalse();
        assertThat(described.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isEqualTo(1);
            assertThat(partition.replicas()).hasSize(1);
            assertThat(partition.isr()).hasSize(1);
        });
        assertThat(admin.listTopics().names().get()).contains("created");
        assertThat(at(
                                admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                                        .allTopicIds()
                                        .get(),
                                id)
                        .name())
                .isEqualTo("created");

        admin.deleteTopics(List.of("created")).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("created");
        assertThat(failure(admin.describeTopics(List.of("created")).allTopicNames()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(failure(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .allTopicIds()))
                .isInstanceOf(UnknownTopicIdException.class);
        assertThat(failure(admin.deleteTopics(List.of("created")).all()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void aTopicCreatedAgainHasAnotherId() throws Exception {
        create(new NewTopic("again", 1, (short) 1));
        Uuid first = describe("again").topicId();
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(first))).all().get();
        create(new NewTopic("again", 1, (short) 1));

        assertThat(describe("again").topicId()).isNotEqualTo(first);
        assertThat(failure(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(first)))
                        .all()))
                .isInstanceOf(UnknownTopicIdException.class);
    }

    @Test
    void whatCannotBeCreatedIsRefusedAsKafkaDoes() throws Exception {
        create(new NewTopic("taken.name", 1, (short) 1));

        assertThat(failureToCreate(new NewTopic("taken.name", 1, (short) 1))).isInstanceOf(TopicExistsException.class);
        assertThat(failureToCreate(new NewTopic("taken_name", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
        assertThat(failureToCreate(new NewTopic("no/slash", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
        assertThat(failureToCreate(new NewTopic("x".repeat(250), 1, (short) 1)))
                .isInstanceOf(InvalidTopicException.class);
        assertThat(failureToCreate(new NewTopic("none", 0, (short) 1))).isInstanceOf(InvalidPartitionsException.class);
        assertThat(failureToCreate(new NewTopic("copies", 1, (short) 3)))
                .isInstanceOf(InvalidReplicationFactorException.class);
        assertThat(failureToCreate(new NewTopic("copies", 1, (short) 0)))
                .isInstanceOf(InvalidReplicationFactorException.class);
        assertThat(failureToCreate(new NewTopic("elsewhere", Map.of(0, List.of(2)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(failureToCreate(new NewTopic("gap", Map.of(1, List.of(1)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(failureToCreate(new NewTopic("odd", 1, (short) 1).configs(Map.of("no.such.key", "1"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(failureToCreate(new NewTopic("odd", 1, (short) 1).configs(Map.of("retention.ms", "soon"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(failureToCreate(new NewTopic("odd", 1, (short) 1).configs(Map.of("remote.storage.enable", "true"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(admin.listTopics().names().get())
                .doesNotContain("taken_name", "none", "copies", "elsewhere", "gap", "odd");
    }

    @Test
    void whatIsOnlyValidatedIsNotThere() throws Exception {
        var options = new CreateTopicsOptions().validateOnly(true);

        var result = admin.createTopics(List.of(new NewTopic("maybe", 2, (short) 1)), options);

        assertThat(result.numPartitions("maybe").get()).isEqualTo(2);
        assertThat(admin.listTopics().names().get()).doesNotContain("maybe");
    }

    @Test
    void defaultsAndAssignmentsDecideOverPartitions() throws Exception {
        create(
                new NewTopic("by-default", Optional.empty(), Optional.empty()),
                new NewTopic("assigned", Map.of(0, List.of(1), 1, List.of(1))));

        assertThat(describe("by-default").partitions()).hasSize(1);
        assertThat(describe("assigned").partitions()).hasSize(2);
    }

    @Test
    void partitionsAreAddedAndNeverTaken() throws Exception {
        create(new NewTopic("growing", 2, (short) 1));

        admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(5)))
                .all()
                .get();

        assertThat(describe("growing").partitions()).hasSize(5);
        for (int count : List.of(5, 1)) {
            assertThat(failure(admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(count)))
                            .all()))
                    .isInstanceOf(InvalidPartitionsException.class);
        }
        assertThat(failure(admin.createPartitions(Map.of("missing", NewPartitions.increaseTo(2)))
                        .all()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(failure(admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(6, List.of(List.of(7)))))
                        .all()))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
    }

    @Test
    void manyPartitionsComeInPages() throws Exception {
        create(new NewTopic("paged", 50, (short) 1));

        var options = new DescribeTopicsOptions().partitionSizeLimitPerResponse(7);
        var described =
                admin.describeTopics(List.of("paged", "missing-page"), options).topicNameValues();

        assertThat(at(described, "paged").get().partitions()).hasSize(50);
        assertThat(failure(at(described, "missing-page"))).isInstanceOf(UnknownTopicOrPartitionException.class);
    }

    private Config config(ConfigResource resource) throws Exception {
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return at(admin.describeConfigs(List.of(resource), options).all().get(), resource);
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    @Test
    void everyKeyOfATopicIsToldWithWhereItComesFrom() throws Exception {
        create(new NewTopic("configured", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")));

        Config config = config(topic("configured"));

        assertThat(config.entries()).hasSize(37);
        ConfigEntry policy = config.get("cleanup.policy");
        assertThat(policy.value()).isEqualTo("compact");
        assertThat(policy.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(policy.type()).isEqualTo(ConfigEntry.ConfigType.LIST);
        assertThat(policy.documentation()).contains("retention policy");
        assertThat(policy.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name, ConfigEntry.ConfigSynonym::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("cleanup.policy", "compact"),
                        org.assertj.core.groups.Tuple.tuple("log.cleanup.policy", "delete"));
        ConfigEntry retention = config.get("retention.ms");
        assertThat(retention.value()).isEqualTo("604800000");
        assertThat(retention.isDefault()).isTrue();
        assertThat(config.entries()).noneMatch(ConfigEntry::isReadOnly).noneMatch(ConfigEntry::isSensitive);
    }

    private void alter(String topic, AlterConfigOp... operations) throws Exception {
        change(topic, operations).get();
    }

    private KafkaFuture<Void> change(String topic, AlterConfigOp... operations) {
        Collection<AlterConfigOp> all = Arrays.asList(operations);
        return admin.incrementalAlterConfigs(Map.of(topic(topic), all)).all();
    }

    private static AlterConfigOp op(OpType type, String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), type);
    }

    @Test
    void keysAreSetAppendedSubtractedAndDeleted() throws Exception {
        create(new NewTopic("altered", 1, (short) 1));

        alter("altered", op(OpType.SET, "retention.ms", "1000"), op(OpType.APPEND, "cleanup.policy", "compact"));
        assertThat(config(topic("altered")).get("retention.ms").value()).isEqualTo("1000");
        assertThat(config(topic("altered")).get("cleanup.policy").value()).isEqualTo("delete,compact");

        alter("altered", op(OpType.DELETE, "retention.ms", ""), op(OpType.SUBTRACT, "cleanup.policy", "delete"));
        assertThat(config(topic("altered")).get("retention.ms").isDefault()).isTrue();
        assertThat(config(topic("altered")).get("cleanup.policy").value()).isEqualTo("compact");
    }

    @Test
    void valuesAreToldAsTheyAreRead() throws Exception {
        var created = admin.createTopics(List.of(new NewTopic("spaced", 1, (short) 1)
                .configs(Map.of("retention.ms", " +01000 ", "cleanup.policy", " compact ,compact, delete"))));
        created.all().get();
        assertThat(created.config("spaced").get().get("retention.ms").value()).isEqualTo(" +01000 ");
        assertThat(config(topic("spaced")).get("retention.ms").value()).isEqualTo("1000");
        assertThat(config(topic("spaced")).get("cleanup.policy").value()).isEqualTo("compact,delete");

        alter("spaced", op(OpType.SET, "min.cleanable.dirty.ratio", " .50"), op(OpType.SET, "preallocate", "TRUE "));
        alter("spaced", op(OpType.APPEND, "cleanup.policy", " delete "));
        alter("spaced", op(OpType.APPEND, "cleanup.policy", ","));
        Config config = config(topic("spaced"));
        assertThat(config.get("min.cleanable.dirty.ratio").value()).isEqualTo("0.5");
        assertThat(config.get("preallocate").value()).isEqualTo("true");
        assertThat(config.get("cleanup.policy").value()).isEqualTo("compact,delete");
        assertThat(failure(change("spaced", op(OpType.SET, "remote.storage.enable", " true "))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("Tiered Storage");
        assertThat(failure(change("spaced", op(OpType.SET, "retention.ms", "1e3"))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("Not a number of type LONG");
    }

    @Test
    void whatMakesNoSenseIsNotConfigured() throws Exception {
        create(new NewTopic("sane", 1, (short) 1));

        assertThat(failure(change("sane", op(OpType.SET, "no.such.key", "1"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(failure(change("sane", op(OpType.SET, "max.message.bytes", "-5"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(failure(change("sane", op(OpType.APPEND, "retention.ms", "5"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(failure(change("missing", op(OpType.SET, "retention.ms", "5"))))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(failure(admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.BROKER, "1"),
                                List.of(op(OpType.SET, "num.partitions", "5"))))
                        .all()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(config(topic("sane")).entries())
                .allMatch(entry -> entry.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
    }

    @Test
    void changesAtTheSameTimeLoseNothing() throws Exception {
        create(new NewTopic("busy", 1, (short) 1));
        List<String> keys = List.of("retention.ms", "retention.bytes", "segment.bytes", "segment.ms", "flush.ms");

        List<KafkaFuture<Void>> changes = keys.stream()
                .map(key -> change("busy", op(OpType.SET, key, "2000000")))
                .toList();
        for (KafkaFuture<Void> change : changes) {
            change.get();
        }

        assertThat(keys).allMatch(key -> valueOf("busy", key).equals("2000000"));
    }

    private String valueOf(String topic, String key) {
        try {
            return config(topic(topic)).get(key).value();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theBrokerTellsWhatUserInterfacesLookFor() throws Exception {
        Config config = config(new ConfigResource(ConfigResource.Type.BROKER, "1"));

        for (String key : List.of(
                "delete.topic.enable",
                "auto.create.topics.enable",
                "log.retention.hours",
                "default.replication.factor",
                "num.partitions",
                "message.max.bytes",
                "log.cleanup.policy")) {
            assertThat(config.get(key)).as(key).isNotNull();
        }
        assertThat(config(new ConfigResource(ConfigResource.Type.GROUP, "some-group"))
                        .get("consumer.session.timeout.ms"))
                .isNotNull();
        assertThat(config(new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1"))
                        .entries())
                .isNotEmpty();
    }

    @Test
    void resourcesWithAConfigurationAreListed() throws Exception {
        create(new NewTopic("resource", 1, (short) 1));

        assertThat(admin.listConfigResources().all().get())
                .contains(topic("resource"), new ConfigResource(ConfigResource.Type.BROKER, "1"));
    }

    @Test
    void logsLieInOnePlace() throws Exception {
        create(new NewTopic("lying", 2, (short) 1));

        var directories = at(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1);

        assertThat(directories).hasSize(1);
        assertThat(directories.values().iterator().next().replicaInfos())
                .containsKeys(new TopicPartition("lying", 0), new TopicPartition("lying", 1));
    }

    @Test
    void oneNodeHasNothingToElectAndNothingToMove() throws Exception {
        create(new NewTopic("alone", 1, (short) 1));
        var partition = new TopicPartition("alone", 0);

        var quorum = admin.describeMetadataQuorum().quorumInfo().get();
        assertThat(quorum.leaderId()).isEqualTo(1);
        assertThat(quorum.voters()).hasSize(1);
        var elected = admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                .partitions()
                .get();
        assertThat(elected.get(partition)).containsInstanceOf(ElectionNotNeededException.class);
        var nowhere = new TopicPartition("nowhere", 3);
        var missed = admin.electLeaders(ElectionType.PREFERRED, Set.of(nowhere))
                .partitions()
                .get();
        assertThat(missed.get(nowhere))
                .hasValueSatisfying(reason -> assertThat(reason).hasMessage("No such topic as nowhere"));
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
        admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(1)))))
                .all()
                .get();
        assertThat(failure(admin.alterPartitionReassignments(
                                Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(2)))))
                        .all()))
                .isInstanceOf(InvalidReplicaAssignmentException.class)
                .hasMessageContaining("broker 2, but no such broker is registered");
        assertThat(admin.describeFeatures().featureMetadata().get()).isNotNull();
    }

    @Test
    void operationsThatAreAllowedAreTold() throws Exception {
        create(new NewTopic("mine", 1, (short) 1));

        var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        var described =
                admin.describeTopics(List.of("mine"), options).allTopicNames().get();

        assertThat(at(described, "mine").authorizedOperations())
                .contains(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER_CONFIGS);
        assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names()
                        .get())
                .contains("mine");
    }
}
