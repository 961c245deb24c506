package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.security.Permission;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestRequests;
import io.posthorn.verification.conformance.kafka.KafkaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequestCollection;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Who works with records, in groups and in transactions: every such request, by users with every set of permissions,
/// on what is theirs and what is not. It is refused to whoever lacks what it takes, and to nobody else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaWorkAccessTest {
    private static final String MINE = "mine-work";
    private static final String OTHERS = "others-work";

    private static final Set<Errors> REFUSALS = Set.of(
            Errors.TOPIC_AUTHORIZATION_FAILED,
            Errors.GROUP_AUTHORIZATION_FAILED,
            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            Errors.CLUSTER_AUTHORIZATION_FAILED);

    private static final int PRODUCE_BY_NAME = 12;
    private static final int FETCH_BY_NAME = 12;

    private final KafkaServer server = KafkaServer.inMemory();

    /// @param needs all of these
    private record Operation(String name, List<Need> needs, AbstractRequest request) {
        boolean isAllowedTo(Set<Permission> permissions) {
            return needs.stream().allMatch(need -> need.isMetBy(permissions));
        }
    }

    @BeforeAll
    void prepare() throws Exception {
        new Principals(server.server().broker()).make();
        try (RawKafka guest = new RawKafka(server.port())) {
            var topics = new CreatableTopicCollection();
            for (String topic : List.of(MINE, OTHERS)) {
                topics.add(
                        new CreatableTopic().setName(topic).setNumPartitions(1).setReplicationFactor((short) 1));
            }
            guest.ask(
                    new CreateTopicsRequest.Builder(new CreateTopicsRequestData().setTopics(topics)).build((short) 6));
        }
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void everyRequestTakesWhatTheTableSays() throws Exception {
        for (Set<Permission> permissions : Principals.all()) {
            try (RawKafka client = KafkaClient.logIn(server, Principals.name(permissions))) {
                for (Operation operation : operations()) {
                    var errors = client.ask(operation.request()).errorCounts();

                    assertThat(errors.keySet().stream().noneMatch(REFUSALS::contains))
                            .as("%s: %s: %s", permissions, operation.name(), errors)
                            .isEqualTo(operation.isAllowedTo(permissions));
                }
            }
        }
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        for (String name : List.of(MINE, OTHERS)) {
            records(name, all);
            groups(name, all);
            transactions(name, all);
        }
        // What concerns two takes a right to each.
        for (List<String> names : List.of(List.of(MINE, OTHERS), List.of(OTHERS, MINE))) {
            String one = names.getFirst();
            String other = names.getLast();
            List<Need> both = List.of(Need.read(one), Need.read(other));
            all.add(new Operation("commit in %s of %s".formatted(one, other), both, commit(one, other)));
            both = List.of(Need.write(one), Need.read(other));
            all.add(new Operation("add %s to %s".formatted(other, one), both, addOffsets(one, other)));
        }
        return all;
    }

    private static void records(String topic, List<Operation> all) {
        all.add(new Operation(
                "produce to " + topic,
                List.of(Need.write(topic)),
                TestRequests.produce(PRODUCE_BY_NAME, -1, topic, 0, TestRequests.records("one"))));
        all.add(new Operation(
                "fetch from " + topic,
                List.of(Need.read(topic)),
                TestRequests.request(
                        FETCH_BY_NAME,
                        TestRequests.fetch(0, TestRequests.topic(topic, TestRequests.partition(0, 0))))));
        all.add(new Operation("ask for the offsets of " + topic, List.of(Need.any(topic)), offsets(topic)));
        all.add(new Operation("delete records of " + topic, List.of(Need.read(topic)), deleteRecords(topic)));
        all.add(new Operation("see the producers of " + topic, List.of(Need.read(topic)), producers(topic)));
    }

    private static AbstractRequest offsets(String topic) {
        var partition = new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1);
        var data = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic().setName(topic).setPartitions(List.of(partition))));
        return ListOffsetsRequest.parse(bytes(data, 7), (short) 7);
    }

    private static org.apache.kafka.common.protocol.ByteBufferAccessor bytes(ApiMessage data, int version) {
        return MessageUtil.toByteBufferAccessor(data, (short) version);
    }

    private static AbstractRequest deleteRecords(String topic) {
        var partition = new DeleteRecordsPartition().setPartitionIndex(0).setOffset(0);
        var topics = List.of(new DeleteRecordsTopic().setName(topic).setPartitions(List.of(partition)));
        return new DeleteRecordsRequest.Builder(new DeleteRecordsRequestData().setTopics(topics)).build((short) 2);
    }

    private static AbstractRequest producers(String topic) {
        var topics = new TopicRequestCollection();
        topics.add(new TopicRequest().setName(topic).setPartitionIndexes(List.of(0)));
        return new DescribeProducersRequest.Builder(new DescribeProducersRequestData().setTopics(topics))
                .build((short) 0);
    }

    private static void groups(String group, List<Operation> all) {
        List<Need> read = List.of(Need.read(group));
        List<Need> any = List.of(Need.any(group));
        List<Need> configure = List.of(Need.configure(group));
        all.add(new Operation("join " + group, read, join(group)));
        all.add(new Operation(
                "synchronise in " + group,
                read,
                new SyncGroupRequest.Builder(new SyncGroupRequestData()
                                .setGroupId(group)
                                .setMemberId("nobody")
                                .setGenerationId(1))
                        .build((short) 4)));
        all.add(new Operation(
                "be alive in " + group,
                read,
                new HeartbeatRequest.Builder(new HeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId("nobody")
                                .setGenerationId(1))
                        .build((short) 4)));
        all.add(new Operation(
                "leave " + group,
                read,
                new LeaveGroupRequest.Builder(group, List.of(new MemberIdentity().setMemberId("nobody")))
                        .build((short) 4)));
        all.add(new Operation(
                "be alive by the new protocol in " + group,
                read,
                new ConsumerGroupHeartbeatRequest.Builder(new ConsumerGroupHeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId("nobody")
                                .setMemberEpoch(7))
                        .build((short) 1)));
        all.add(new Operation("commit in " + group, read, commit(group, group)));
        all.add(new Operation("see what is committed in " + group, any, fetchOffsets(group)));
        all.add(new Operation(
                "describe " + group,
                any,
                new DescribeGroupsRequest.Builder(new DescribeGroupsRequestData().setGroups(List.of(group)))
                        .build((short) 6)));
        all.add(new Operation(
                "describe by the new protocol " + group,
                any,
                new ConsumerGroupDescribeRequest.Builder(
                                new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group)))
                        .build((short) 1)));
        all.add(new Operation(
                "delete the group " + group,
                configure,
                new DeleteGroupsRequest.Builder(new DeleteGroupsRequestData().setGroupsNames(List.of(group)))
                        .build((short) 2)));
        all.add(new Operation(
                "delete offsets of " + group,
                configure,
                new OffsetDeleteRequest.Builder(new OffsetDeleteRequestData().setGroupId(group)).build((short) 0)));
        all.add(new Operation("read the configuration of the group " + group, any, configs(group)));
        all.add(new Operation("configure the group " + group, configure, configure(group)));
    }

    private static AbstractRequest join(String group) {
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
        return new JoinGroupRequest.Builder(new JoinGroupRequestData()
                        .setGroupId(group)
                        .setSessionTimeoutMs(10_000)
                        .setRebalanceTimeoutMs(10_000)
                        .setProtocolType("consumer")
                        .setProtocols(protocols))
                .build((short) 5);
    }

    private static AbstractRequest commit(String group, String topic) {
        var partition = new OffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1);
        var data = new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic().setName(topic).setPartitions(List.of(partition))));
        return OffsetCommitRequest.parse(bytes(data, 8), (short) 8);
    }

    private static AbstractRequest fetchOffsets(String group) {
        var all = new OffsetFetchRequestGroup().setGroupId(group).setTopics(null);
        return OffsetFetchRequest.parse(bytes(new OffsetFetchRequestData().setGroups(List.of(all)), 8), (short) 8);
    }

    private static AbstractRequest configs(String group) {
        var resource = new DescribeConfigsResource()
                .setResourceType(ConfigResource.Type.GROUP.id())
                .setResourceName(group);
        return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData().setResources(List.of(resource)))
                .build((short) 4);
    }

    private static AbstractRequest configure(String group) {
        var configs = new AlterableConfigCollection();
        configs.add(new AlterableConfig().setName("share.auto.offset.reset").setValue("earliest"));
        var resources = new AlterConfigsResourceCollection();
        resources.add(new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.GROUP.id())
                .setResourceName(group)
                .setConfigs(configs));
        var data =
                new IncrementalAlterConfigsRequestData().setValidateOnly(true).setResources(resources);
        return new IncrementalAlterConfigsRequest.Builder(data).build((short) 1);
    }

    private static void transactions(String id, List<Operation> all) {
        List<Need> write = List.of(Need.write(id));
        all.add(new Operation(
                "begin as " + id,
                write,
                new InitProducerIdRequest.Builder(new InitProducerIdRequestData()
                                .setTransactionalId(id)
                                .setTransactionTimeoutMs(10_000))
                        .build((short) 4)));
        all.add(new Operation(
                "add partitions to " + id,
                write,
                AddPartitionsToTxnRequest.Builder.forClient(id, 4711, (short) 0, List.of(new TopicPartition(id, 0)))
                        .build((short) 3)));
        all.add(new Operation(
                "end " + id,
                write,
                new EndTxnRequest.Builder(
                                new EndTxnRequestData()
                                        .setTransactionalId(id)
                                        .setProducerId(4711)
                                        .setCommitted(true),
                                false)
                        .build((short) 3)));
        all.add(new Operation("add offsets to " + id, List.of(Need.write(id), Need.read(id)), addOffsets(id, id)));
        all.add(new Operation(
                "commit offsets in " + id, List.of(Need.write(id), Need.read(id)), transactionalCommit(id)));
        all.add(new Operation(
                "describe the transaction " + id,
                List.of(Need.any(id)),
                new DescribeTransactionsRequest.Builder(
                                new DescribeTransactionsRequestData().setTransactionalIds(List.of(id)))
                        .build((short) 0)));
    }

    private static AbstractRequest addOffsets(String transactionalId, String group) {
        return new AddOffsetsToTxnRequest.Builder(new AddOffsetsToTxnRequestData()
                        .setTransactionalId(transactionalId)
                        .setProducerId(4711)
                        .setGroupId(group))
                .build((short) 3);
    }

    private static AbstractRequest transactionalCommit(String name) {
        var partition =
                new TxnOffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1);
        var data = new TxnOffsetCommitRequestData()
                .setTransactionalId(name)
                .setGroupId(name)
                .setProducerId(4711)
                .setTopics(
                        List.of(new TxnOffsetCommitRequestTopic().setName(name).setPartitions(List.of(partition))));
        return TxnOffsetCommitRequest.parse(bytes(data, 3), (short) 3);
    }
}
