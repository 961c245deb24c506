package io.posthorn.protocol.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private final KafkaWorld world = new KafkaWorld();
    private final CoordinatorSession owner = new CoordinatorSession(world.broker(), "/", "a test");
    private final Topic orders = owner.create(new TopicSpec("orders", 3, Map.of()));
    private final RawKafka client = connected();

    private RawKafka connected() {
        try {
            return world.connect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        owner.close();
        world.close();
    }

    @Test
    void everyGroupsCoordinatorIsHere() throws IOException {
        FindCoordinatorResponse found = client.ask(
                new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData()
                                .setKeyType((byte) 0)
                                .setCoordinatorKeys(List.of("one", "two")))
                        .build((short) 6),
                FindCoordinatorResponse.class);

        assertThat(found.coordinators()).hasSize(2).allSatisfy(one -> {
            assertThat(one.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(one.port()).isEqualTo(world.port());
        });
    }

    @Test
    void anOldClientFindsTheCoordinatorToo() throws IOException {
        FindCoordinatorResponse found = client.ask(
                new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData()
                                .setKeyType((byte) 0)
                                .setKey("one"))
                        .build((short) 0),
                FindCoordinatorResponse.class);

        assertThat(found.data().errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(found.data().port()).isEqualTo(world.port());
    }

    @Test
    void whereThereAreNoGroupsNoneAreListed() throws IOException {
        assertThat(groups()).isEmpty();
    }

    @Test
    void aMemberJoinsGetsItsAssignmentBeatsAndLeaves() throws IOException {
        JoinGroupResponseData first = join("", (short) 9);
        assertThat(first.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
        JoinGroupResponseData joined = join(first.memberId(), (short) 9);
        assertThat(joined.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(joined.leader()).isEqualTo(first.memberId());
        assertThat(sync(joined)).isEqualTo(new byte[] {1, 2, 3});
        assertThat(beat(joined)).isEqualTo(Errors.NONE);
        assertThat(groups()).containsExactly("g");

        LeaveGroupResponse left = client.ask(
                new LeaveGroupRequest.Builder(
                                "g", List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(joined.memberId())))
                        .build((short) 5),
                LeaveGroupResponse.class);

        assertThat(left.error()).isEqualTo(Errors.NONE);
        assertThat(beat(joined)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void anOffsetIsCommittedByNameAndFetchedByIdAndTheOtherWayRound() throws IOException {
        assertThat(commit((short) 9, "orders", Uuid.ZERO_UUID, 1, 42)).isEqualTo(Errors.NONE);
        assertThat(fetched((short) 10, "", id(), 1)).isEqualTo(42);

        assertThat(commit((short) 10, "", id(), 2, 43)).isEqualTo(Errors.NONE);
        assertThat(fetched((short) 9, "orders", Uuid.ZERO_UUID, 2)).isEqualTo(43);

        assertThat(fetched((short) 1, "orders", Uuid.ZERO_UUID, 2)).isEqualTo(43);
        assertThat(fetched((short) 9, "orders", Uuid.ZERO_UUID, 0)).isEqualTo(-1);
    }

    @Test
    void allOffsetsOfAGroupAreFetchedByNameAndById() throws IOException {
        commit((short) 9, "orders", Uuid.ZERO_UUID, 1, 42);

        assertThat(fetch((short) 9, null).topics()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("orders");
            assertThat(topic.partitions())
                    .singleElement()
                    .satisfies(
                            partition -> assertThat(partition.committedOffset()).isEqualTo(42));
        });
        assertThat(fetch((short) 10, null).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(id()));
    }

    @Test
    void noOffsetIsCommittedForWhatIsNotThere() throws IOException {
        assertThat(commit((short) 9, "nothing", Uuid.ZERO_UUID, 0, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(commit((short) 9, "orders", Uuid.ZERO_UUID, 3, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(commit((short) 9, "orders", Uuid.ZERO_UUID, -1, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(commit((short) 10, "", Uuid.randomUuid(), 0, 1)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anOffsetThatIsDeletedIsGone() throws IOException {
        commit((short) 9, "orders", Uuid.ZERO_UUID, 1, 42);
        var topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName("orders")
                .setPartitions(List.of(
                        new OffsetDeleteRequestPartition().setPartitionIndex(1),
                        new OffsetDeleteRequestPartition().setPartitionIndex(7))));

        OffsetDeleteResponse deleted = client.ask(
                new OffsetDeleteRequest.Builder(
                                new OffsetDeleteRequestData().setGroupId("g").setTopics(topics))
                        .build((short) 0),
                OffsetDeleteResponse.class);

        assertThat(deleted.data().topics().find("orders").partitions())
                .extracting(partition -> Errors.forCode(partition.errorCode()))
                .containsExactlyInAnyOrder(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(fetched((short) 9, "orders", Uuid.ZERO_UUID, 1)).isEqualTo(-1);
    }

    @Test
    void aGroupThatIsDeletedIsGone() throws IOException {
        commit((short) 9, "orders", Uuid.ZERO_UUID, 1, 42);
        assertThat(groups()).containsExactly("g");

        DeleteGroupsResponse deleted = client.ask(
                new DeleteGroupsRequest.Builder(new DeleteGroupsRequestData().setGroupsNames(List.of("g", "other")))
                        .build((short) 2),
                DeleteGroupsResponse.class);

        assertThat(deleted.errors()).containsEntry("g", Errors.NONE).containsEntry("other", Errors.GROUP_ID_NOT_FOUND);
        assertThat(groups()).isEmpty();
    }

    @Test
    void aGroupThatIsNotThereIsDescribedAsSuch() throws IOException {
        DescribeGroupsResponse described = client.ask(
                new DescribeGroupsRequest.Builder(new DescribeGroupsRequestData().setGroups(List.of("g")))
                        .build((short) 6),
                DescribeGroupsResponse.class);

        assertThat(described.data().groups())
                .singleElement()
                .satisfies(group -> assertThat(group.errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code()));
    }

    @Test
    void aMemberOfTheNewProtocolIsAssignedItsPartitionsByTheBroker() throws IOException {
        String member = Uuid.randomUuid().toString();
        ConsumerGroupHeartbeatResponseData answer = heartbeat(member, 0);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        while (answer.assignment() == null
                || answer.assignment().topicPartitions().isEmpty()) {
            answer = heartbeat(member, answer.memberEpoch());
        }

        assertThat(answer.assignment().topicPartitions()).singleElement().satisfies(topic -> {
            assertThat(topic.topicId()).isEqualTo(id());
            assertThat(topic.partitions()).containsExactly(0, 1, 2);
        });
        ConsumerGroupDescribeResponse described = client.ask(
                new ConsumerGroupDescribeRequest.Builder(new ConsumerGroupDescribeRequestData()
                                .setGroupIds(List.of("g"))
                                .setIncludeAuthorizedOperations(true))
                        .build((short) 1),
                ConsumerGroupDescribeResponse.class);
        assertThat(described.data().groups()).singleElement().satisfies(group -> {
            assertThat(group.members())
                    .singleElement()
                    .satisfies(one -> assertThat(one.memberId()).isEqualTo(member));
            assertThat(group.authorizedOperations()).isEqualTo(1 << 3 | 1 << 6 | 1 << 8);
        });
    }

    // ---- What clients say

    private List<String> groups() throws IOException {
        ListGroupsResponse listed = client.ask(
                new ListGroupsRequest.Builder(new ListGroupsRequestData()).build((short) 5), ListGroupsResponse.class);
        assertThat(listed.data().errorCode()).isEqualTo(Errors.NONE.code());
        return listed.data().groups().stream().map(group -> group.groupId()).toList();
    }

    private JoinGroupResponseData join(String member, short version) throws IOException {
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {9}));
        return client.ask(
                        new JoinGroupRequest.Builder(new JoinGroupRequestData()
                                        .setGroupId("g")
                                        .setMemberId(member)
                                        .setProtocolType("consumer")
                                        .setSessionTimeoutMs(30_000)
                                        .setRebalanceTimeoutMs(30_000)
                                        .setProtocols(protocols))
                                .build(version),
                        JoinGroupResponse.class)
                .data();
    }

    private byte[] sync(JoinGroupResponseData joined) throws IOException {
        return client.ask(
                        new SyncGroupRequest.Builder(new SyncGroupRequestData()
                                        .setGroupId("g")
                                        .setMemberId(joined.memberId())
                                        .setGenerationId(joined.generationId())
                                        .setProtocolType("consumer")
                                        .setProtocolName("range")
                                        .setAssignments(List.of(new SyncGroupRequestAssignment()
                                                .setMemberId(joined.memberId())
                                                .setAssignment(new byte[] {1, 2, 3}))))
                                .build((short) 5),
                        SyncGroupResponse.class)
                .data()
                .assignment();
    }

    private Errors beat(JoinGroupResponseData joined) throws IOException {
        return client.ask(
                        new HeartbeatRequest.Builder(new HeartbeatRequestData()
                                        .setGroupId("g")
                                        .setMemberId(joined.memberId())
                                        .setGenerationId(joined.generationId()))
                                .build((short) 4),
                        HeartbeatResponse.class)
                .error();
    }

    private ConsumerGroupHeartbeatResponseData heartbeat(String member, int epoch) throws IOException {
        return client.ask(
                        new ConsumerGroupHeartbeatRequest.Builder(new ConsumerGroupHeartbeatRequestData()
                                        .setGroupId("g")
                                        .setMemberId(member)
                                        .setMemberEpoch(epoch)
                                        .setRebalanceTimeoutMs(30_000)
                                        .setSubscribedTopicNames(List.of("orders"))
                                        .setTopicPartitions(List.of()))
                                .build((short) 1),
                        ConsumerGroupHeartbeatResponse.class)
                .data();
    }

    private Errors commit(short version, String topic, Uuid id, int partition, long offset) throws IOException {
        OffsetCommitResponse committed = client.ask(
                OffsetCommitRequest.Builder.forTopicIdsOrNames(new OffsetCommitRequestData()
                                .setGroupId("g")
                                .setTopics(List.of(new OffsetCommitRequestTopic()
                                        .setName(topic)
                                        .setTopicId(id)
                                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                                .setPartitionIndex(partition)
                                                .setCommittedOffset(offset))))))
                        .build(version),
                OffsetCommitResponse.class);
        OffsetCommitResponsePartition answer =
                committed.data().topics().getFirst().partitions().getFirst();
        return Errors.forCode(answer.errorCode());
    }

    private long fetched(short version, String topic, Uuid id, int partition) throws IOException {
        OffsetFetchResponseGroup answer = fetch(
                version,
                List.of(new OffsetFetchRequestTopics()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitionIndexes(List.of(partition))));
        assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
        OffsetFetchResponseTopics found = answer.topics().getFirst();
        assertThat(version < 10 ? found.name() : found.topicId()).isEqualTo(version < 10 ? topic : id);
        return found.partitions().getFirst().committedOffset();
    }

    private OffsetFetchResponseGroup fetch(short version, @Nullable List<OffsetFetchRequestTopics> topics)
            throws IOException {
        return client.ask(
                        OffsetFetchRequest.Builder.forTopicIdsOrNames(
                                        new OffsetFetchRequestData()
                                                .setGroups(List.of(new OffsetFetchRequestGroup()
                                                        .setGroupId("g")
                                                        .setTopics(topics))),
                                        true)
                                .build(version),
                        OffsetFetchResponse.class)
                .group("g");
    }

    private Uuid id() {
        return Cluster.of(world.broker()).idOf(orders);
    }
}
