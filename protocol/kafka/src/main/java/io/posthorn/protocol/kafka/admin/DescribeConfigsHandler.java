package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.TopicNames;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import io.posthorn.protocol.kafka.metadata.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/// Answers `DescribeConfigs`: of topics, of the one broker, of its loggers, and of groups.
public final class DescribeConfigsHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final TopicConfigs topics;
    private final NodeAddress node;
    private final KeptBrokerConfigs broker;
    private final GroupConfigs groups;

    public DescribeConfigsHandler(Surroundings surroundings, KeptBrokerConfigs broker, GroupConfigs groups) {
        this.surroundings = surroundings;
        this.topics = new TopicConfigs(surroundings.settings(), broker);
        this.broker = broker;
        this.node = new NodeAddress(surroundings.settings());
        this.groups = groups;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_CONFIGS);
    }

    @Override
    public CompletableFuture<DescribeConfigsResponse> handle(KafkaRequest request) {
        KafkaRights rights = KafkaRights.of(request, surroundings);
        List<DescribeConfigsResult> results = new ArrayList<>();
        for (DescribeConfigsResource resource :
                request.body(DescribeConfigsRequest.class).data().resources()) {
            results.add(describe(request, resource, rights));
        }
        return CompletableFuture.completedFuture(
                new DescribeConfigsResponse(new DescribeConfigsResponseData().setResults(results)));
    }

    private DescribeConfigsResult describe(KafkaRequest request, DescribeConfigsResource resource, KafkaRights rights) {
        var result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        try {
            return result.setConfigs(entries(request, resource, rights));
        } catch (ApiException refused) {
            ApiError error = ApiError.fromThrowable(refused);
            return result.setErrorCode(error.error().code())
                    .setErrorMessage(error.message())
                    .setConfigs(List.of());
        }
    }

    /// @throws ApiException
    private List<DescribeConfigsResourceResult> entries(
            KafkaRequest request, DescribeConfigsResource resource, KafkaRights rights) {
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> ofTopic(request, resource, rights);
            case BROKER -> ofBroker(request, resource, rights);
            case BROKER_LOGGER -> ofLoggers(resource, rights);
            case GROUP -> ofGroup(request, resource, rights);
            case CLIENT_METRICS, UNKNOWN ->
                throw Errors.INVALID_REQUEST.exception("Unsupported resource type: " + resource.resourceType());
        };
    }

    private List<DescribeConfigsResourceResult> ofTopic(
            KafkaRequest request, DescribeConfigsResource resource, KafkaRights rights) {
        String name = resource.resourceName();
        if (!rights.maySee(name)) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
        Optional<String> fault = TopicNames.fault(name);
        if (fault.isPresent()) {
            throw Errors.INVALID_TOPIC_EXCEPTION.exception(fault.get());
        }
        Topic topic = request.topics().catalogue().named(name);
        if (topic == null) {
            throw Errors.UNKNOWN_TOPIC_OR_PARTITION.exception();
        }
        var asked = request.body(DescribeConfigsRequest.class).data();
        return topics.describe(
                topic.config(), resource.configurationKeys(), asked.includeSynonyms(), asked.includeDocumentation());
    }

    private List<DescribeConfigsResourceResult> ofBroker(
            KafkaRequest request, DescribeConfigsResource resource, KafkaRights rights) {
        if (!rights.mayMonitor()) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        var asked = request.body(DescribeConfigsRequest.class).data();
        String name = resource.resourceName();
        if (name == null || name.isEmpty()) {
            return new BrokerConfigs(surroundings.settings(), broker, null)
                    .describeOfCluster(
                            resource.configurationKeys(), asked.includeSynonyms(), asked.includeDocumentation());
        }
        NodeNumber.check(name, "Broker", NodeNumber.NUMBER + " or empty string");
        var address = node.of(request.connection());
        String listener =
                "%s://%s:%d".formatted(request.context().securityProtocol().name, address.host(), address.port());
        return new BrokerConfigs(surroundings.settings(), broker, listener)
                .describe(resource.configurationKeys(), asked.includeSynonyms(), asked.includeDocumentation());
    }

    private List<DescribeConfigsResourceResult> ofLoggers(DescribeConfigsResource resource, KafkaRights rights) {
        if (!rights.mayMonitor()) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        String name = resource.resourceName();
        if (name == null || name.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Broker id must not be empty");
        }
        NodeNumber.check(name, "Broker", NodeNumber.NUMBER);
        List<String> wanted = resource.configurationKeys();
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        surroundings.loggers().levels().forEach((logger, level) -> {
            if (wanted == null || wanted.contains(logger)) {
                results.add(new DescribeConfigsResourceResult()
                        .setName(logger)
                        .setValue(level)
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id()));
            }
        });
        return results;
    }

    private List<DescribeConfigsResourceResult> ofGroup(
            KafkaRequest request, DescribeConfigsResource resource, KafkaRights rights) {
        String name = resource.resourceName();
        if (name == null || name.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Group name must not be empty");
        }
        if (!rights.maySee(name)) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        var asked = request.body(DescribeConfigsRequest.class).data();
        return new GroupDescription(groups.set(name))
                .entries(resource.configurationKeys(), asked.includeSynonyms(), asked.includeDocumentation());
    }
}
