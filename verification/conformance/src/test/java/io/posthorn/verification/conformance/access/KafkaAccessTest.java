package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.security.Permission;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.verification.conformance.kafka.KafkaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every operation on topics of Kafka's protocol, by users with every set of permissions, on what is theirs
/// and what is not: it is refused to whoever lacks what it takes, and to nobody else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaAccessTest {
    private static final String MINE = "mine-topic";
    private static final String OTHERS = "others-topic";

    private final KafkaServer server = KafkaServer.inMemory();

    /// @param request does nothing that lasts, whoever asks
    private record Operation(String name, Need need, AbstractRequest request) {}

    @BeforeAll
    void prepare() throws Exception {
        new Principals(server.server().broker()).make();
        try (RawKafka guest = new RawKafka(server.port())) {
            for (String topic : List.of(MINE, OTHERS)) {
                guest.ask(create(topic, false));
            }
        }
    }

    @AfterAll
    void close() {
        server.close();
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (String topic : List.of(MINE, OTHERS)) {
            operations.add(new Operation("see " + topic, Need.any(topic), metadata(topic)));
            operations.add(new Operation("describe " + topic, Need.any(topic), describe(topic)));
            operations.add(new Operation("read the configuration of " + topic, Need.any(topic), configs(topic)));
            operations.add(new Operation("configure " + topic, Need.configure(topic), configure(topic)));
            operations.add(new Operation("add partitions to " + topic, Need.configure(topic), addPartitions(topic)));
            operations.add(new Operation("create " + topic + "-2", Need.configure(topic), create(topic + "-2", true)));
            operations.add(new Operation("delete " + topic + "-2", Need.configure(topic), delete(topic + "-2")));
        }
        return operations;
    }

    private static AbstractRequest metadata(String topic) {
        var data = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
                .setAllowAutoTopicCreation(false);
        return new MetadataRequest(data, (short) 9);
    }

    private static AbstractRequest describe(String topic) {
        var data = new DescribeTopicPartitionsRequestData().setTopics(List.of(new TopicRequest().setName(topic)));
        return new DescribeTopicPartitionsRequest(data, (short) 0);
    }

    private static AbstractRequest configs(String topic) {
        var resource = new DescribeConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(topic);
        return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData().setResources(List.of(resource)))
                .build((short) 4);
    }

    private static AbstractRequest configure(String topic) {
        var configs = new AlterableConfigCollection();
        configs.add(new AlterableConfig().setName("retention.ms").setValue("1000"));
        var resources = new AlterConfigsResourceCollection();
        resources.add(new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(topic)
                .setConfigs(configs));
        var data =
                new IncrementalAlterConfigsRequestData().setValidateOnly(true).setResources(resources);
        return new IncrementalAlterConfigsRequest.Builder(data).build((short) 1);
    }

    private static AbstractRequest addPartitions(String topic) {
        var topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic().setName(topic).setCount(9).setAssignments(null));
        var data = new CreatePartitionsRequestData().setValidateOnly(true).setTopics(topics);
        return new CreatePartitionsRequest.Builder(data).build((short) 3);
    }

    private static AbstractRequest create(String topic, boolean validateOnly) {
        var topics = new CreatableTopicCollection();
        topics.add(new CreatableTopic().setName(topic).setNumPartitions(1).setReplicationFactor((short) 1));
        var data = new CreateTopicsRequestData().setValidateOnly(validateOnly).setTopics(topics);
        return new CreateTopicsRequest.Builder(data).build((short) 6);
    }

    private static AbstractRequest delete(String topic) {
        return new DeleteTopicsRequest.Builder(new DeleteTopicsRequestData().setTopicNames(List.of(topic)))
                .build((short) 5);
    }

    @Test
    void everyOperationTakesWhatTheTableSays() throws Exception {
        for (Set<Permission> permissions : Principals.all()) {
            try (RawKafka client = KafkaClient.logIn(server, Principals.name(permissions))) {
                for (Operation operation : operations()) {
                    var errors = client.ask(operation.request()).errorCounts();

                    assertThat(errors.containsKey(Errors.TOPIC_AUTHORIZATION_FAILED))
                            .as("%s may not %s: %s", permissions, operation.name(), errors)
                            .isNotEqualTo(operation.need().isMetBy(permissions));
                }
            }
        }
    }

    @Test
    void theClusterIsNoUsers() throws Exception {
        List<AbstractRequest> requests =
                List.of(new DescribeLogDirsRequest(new DescribeLogDirsRequestData().setTopics(null), (short) 4));
        for (Set<Permission> permissions : Principals.all()) {
            try (RawKafka client = KafkaClient.logIn(server, Principals.name(permissions))) {
                for (AbstractRequest request : requests) {
                    assertThat(client.ask(request).errorCounts())
                            .as("%s of %s", request.apiKey(), permissions)
                            .containsKey(Errors.CLUSTER_AUTHORIZATION_FAILED);
                }
            }
        }
        try (RawKafka guest = new RawKafka(server.port())) {
            for (AbstractRequest request : requests) {
                assertThat(guest.ask(request).errorCounts()).doesNotContainKey(Errors.CLUSTER_AUTHORIZATION_FAILED);
            }
        }
    }
}
