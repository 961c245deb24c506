package io.posthorn.verification.conformance.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Consumers in groups, with Kafka's own client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class GroupsTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    /// How a group shares its partitions.
    enum Sharing {
        RANGE(Map.of(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                RangeAssignor.class.getName())),
        COOPERATIVE(Map.of(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName())),
        BROKER(Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer"));

        @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
        private final Map<String, Object> config;

        Sharing(Map<String, Object> config) {
            this.config = config;
        }

        Map<String, Object> in(String group, String... more) {
            Map<String, Object> all = new HashMap<>(config);
            all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
            if (this != BROKER) {
                all.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "300");
            }
            for (int i = 0; i < more.length; i += 2) {
                all.put(more[i], more[i + 1]);
            }
            return all;
        }
    }

    @AfterAll
    void close() {
        admin.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void membersThatComeAndGoShareThePartitions(Sharing sharing) throws Exception {
        String topic = "shared-" + sharing;
        create(topic, 6);
        produce(server, topic, 0, 60);

        try (var first = GroupMember.of(server, sharing.in(topic), topic)) {
            first.awaitAssigned(6);
            first.awaitValues(60);
            try (var second = GroupMember.of(server, sharing.in(topic), topic)) {
                GroupMember.await(
                        "each has half",
                        () -> first.assigned().size() == 3 && second.assigned().size() == 3);
                assertThat(first.assigned()).doesNotContainAnyElementsOf(second.assigned());
            }
            first.awaitAssigned(6);
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void whatIsCommittedIsNotReadAgain(Sharing sharing) throws Exception {
        String topic = "committed-" + sharing;
        create(topic, 2);
        produce(server, topic, 0, 10);
        try (var first = GroupMember.of(server, sharing.in(topic), topic)) {
            first.awaitValues(10);
            first.commit();
        }

        produce(server, topic, 10, 15);
        try (var second = GroupMember.of(server, sharing.in(topic), topic)) {
            second.awaitValues(5);
            assertThat(second.values()).containsExactlyInAnyOrderElementsOf(values(10, 15));
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void aStaticMemberThatComesBackTakesItsPlaceAgain(Sharing sharing) throws Exception {
        String topic = "static-" + sharing;
        create(topic, 4);
        try (var steady = GroupMember.of(server, sharing.in(topic, "group.instance.id", "steady"), topic)) {
            Set<TopicPartition> had;
            int rebalances;
            try (var restless = GroupMember.of(server, sharing.in(topic, "group.instance.id", "restless"), topic)) {
                GroupMember.await(
                        "each has half",
                        () -> steady.assigned().size() == 2
                                && restless.assigned().size() == 2);
                had = restless.assigned();
                rebalances = steady.rebalances();
            }
            try (var back = GroupMember.of(server, sharing.in(topic, "group.instance.id", "restless"), topic)) {
                back.awaitAssigned(2);
                assertThat(back.assigned()).isEqualTo(had);
                assertThat(steady.rebalances()).isEqualTo(rebalances);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void partitionsThatAreAddedAreAssigned(Sharing sharing) throws Exception {
        String topic = "growing-" + sharing;
        create(topic, 1);
        try (var member =
                GroupMember.of(server, sharing.in(topic, ConsumerConfig.METADATA_MAX_AGE_CONFIG, "500"), topic)) {
            member.awaitAssigned(1);
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            member.awaitAssigned(3);
        }
    }

    @Test
    void theBrokerFindsTheTopicsThatAPatternMeans() throws Exception {
        create("pattern-one", 1);
        create("pattern-two", 2);
        create("other-one", 1);

        try (var member = new GroupMember(
                server,
                Sharing.BROKER.in("patterns"),
                to -> to.consumer().subscribe(new SubscriptionPattern("pattern-.*"), to.listener()))) {
            member.awaitAssigned(3);
            assertThat(member.assigned()).extracting(TopicPartition::topic).containsOnly("pattern-one", "pattern-two");
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void aGroupIsListedDescribedAndDeletedWhenItIsEmpty(Sharing sharing) throws Exception {
        String topic = "described-" + sharing;
        create(topic, 2);
        try (var member = GroupMember.of(server, sharing.in(topic, "client.id", "me"), topic)) {
            member.awaitAssigned(2);

            assertThat(admin.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .contains(topic);
            ConsumerGroupDescription described = describe(topic);
            assertThat(described.type()).isEqualTo(sharing == Sharing.BROKER ? GroupType.CONSUMER : GroupType.CLASSIC);
            GroupMember.await("the group is stable", () -> describe(topic).groupState() == GroupState.STABLE);
            assertThat(describe(topic).members()).singleElement().satisfies(one -> {
                assertThat(one.clientId()).isEqualTo("me");
                assertThat(one.host()).isEqualTo("/127.0.0.1");
                assertThat(one.assignment().topicPartitions()).hasSize(2);
            });
            assertThat(failure(() ->
                            admin.deleteConsumerGroups(List.of(topic)).all().get()))
                    .isInstanceOf(GroupNotEmptyException.class);
        }
        admin.deleteConsumerGroups(List.of(topic)).all().get();
        assertThat(failure(
                        () -> admin.describeConsumerGroups(List.of(topic)).all().get()))
                .isInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void administratorsMoveAndDeleteOffsets() throws Exception {
        create("moved", 1);
        var partition = new TopicPartition("moved", 0);
        produce(server, "moved", 0, 10);

        admin.alterConsumerGroupOffsets(
                        "movers", Map.of(partition, new OffsetAndMetadata(7, Optional.empty(), "by hand")))
                .all()
                .get();

        OffsetAndMetadata kept = requireNonNull(offsets("movers").get(partition));
        assertThat(kept.offset()).isEqualTo(7);
        assertThat(kept.metadata()).isEqualTo("by hand");
        try (var member = GroupMember.of(server, Sharing.RANGE.in("movers"), "moved")) {
            member.awaitValues(3);
            assertThat(member.values()).isEqualTo(values(7, 10));
        }
        admin.deleteConsumerGroupOffsets("movers", Set.of(partition)).all().get();
        assertThat(offsets("movers")).isEmpty();
    }

    @Test
    void offsetsOfATopicThatIsDeletedAreDeleted() throws Exception {
        create("short-lived", 1);
        var partition = new TopicPartition("short-lived", 0);
        admin.alterConsumerGroupOffsets("survivors", Map.of(partition, new OffsetAndMetadata(1)))
                .all()
                .get();

        admin.deleteTopics(List.of("short-lived")).all().get();

        GroupMember.await("the offset is gone", () -> offsets("survivors").isEmpty());
    }

    @Test
    void whereGroupsAreKeptIsATopicThatEverybodyCanRead() throws Exception {
        create("watched", 1);
        admin.alterConsumerGroupOffsets("watched", Map.of(new TopicPartition("watched", 0), new OffsetAndMetadata(1)))
                .all()
                .get();

        var described = requireNonNull(admin.describeTopics(List.of("__consumer_offsets"))
                .allTopicNames()
                .get()
                .get("__consumer_offsets"));

        assertThat(described.isInternal()).isTrue();
        assertThat(described.partitions()).hasSize(8);
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        described
                .partitions()
                .forEach(one ->
                        ends.put(new TopicPartition("__consumer_offsets", one.partition()), OffsetSpec.latest()));
        assertThat(admin.listOffsets(ends).all().get().values())
                .anySatisfy(end -> assertThat(end.offset()).isPositive());
        try (var member = GroupMember.of(
                server,
                Sharing.RANGE.in("watchers", ConsumerConfig.EXCLUDE_INTERNAL_TOPICS_CONFIG, "false"),
                "__consumer_offsets")) {
            member.awaitValues(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void whatIsCommittedSurvivesARestart(Sharing sharing, @TempDir Path directory) throws Exception {
        try (KafkaServer first = KafkaServer.inDirectory(directory)) {
            try (Admin there = first.admin()) {
                there.createTopics(List.of(new NewTopic("kept", 2, (short) 1)))
                        .all()
                        .get();
            }
            produce(first, "kept", 0, 10);
            try (var member = GroupMember.of(first, sharing.in("keepers"), "kept")) {
                member.awaitValues(10);
                member.commit();
            }
        }
        try (KafkaServer second = KafkaServer.inDirectory(directory)) {
            produce(second, "kept", 10, 15);
            try (var member = GroupMember.of(second, sharing.in("keepers"), "kept")) {
                member.awaitValues(5);
                assertThat(member.values()).containsExactlyInAnyOrderElementsOf(values(10, 15));
            }
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static Throwable failure(Attempt attempt) throws Exception {
        try {
            attempt.run();
            return new AssertionError("it was done");
        } catch (ExecutionException refused) {
            return requireNonNull(refused.getCause());
        }
    }

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    static void produce(KafkaServer server, String topic, int from, int to) throws Exception {
        Map<String, Object> config = server.clientConfig();
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                var _ = producer.send(new ProducerRecord<>(topic, Integer.toString(i), Integer.toString(i)));
            }
        }
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private ConsumerGroupDescription describe(String group) {
        try {
            return requireNonNull(
                    admin.describeConsumerGroups(List.of(group)).all().get().get(group));
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String group) {
        try {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
