package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.TopicNames;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/// Creates topics, by all the rules that Kafka has for a cluster of one node.
final class TopicCreation {
    static final int MOST_PARTITIONS = 10_000;

    private final Surroundings surroundings;
    private final TopicConfigs configs;

    TopicCreation(Surroundings surroundings, KeptBrokerConfigs broker) {
        this.surroundings = surroundings;
        this.configs = new TopicConfigs(surroundings.settings(), broker);
    }

    CompletableFuture<CreateTopicsResponse> handle(KafkaRequest request, KafkaRights rights) {
        var asked = request.body(CreateTopicsRequest.class).data();
        Catalogue catalogue = request.topics().catalogue();
        Set<String> twice = namedTwice(asked.topics());
        Map<String, CompletableFuture<CreatableTopicResult>> results = new HashMap<>();
        for (CreatableTopic topic : asked.topics()) {
            ApiError error = twice.contains(topic.name())
                    ? new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name.")
                    : check(topic, catalogue, rights);
            results.computeIfAbsent(
                    topic.name(),
                    _ -> error.isFailure()
                            ? CompletableFuture.completedFuture(refused(topic.name(), error))
                            : create(request, topic, asked.validateOnly()));
        }
        return Futures.all(List.copyOf(results.values()))
                .thenApply(all -> new CreateTopicsResponse(
                        new CreateTopicsResponseData().setTopics(new CreatableTopicResultCollection(all.iterator()))));
    }

    private static Set<String> namedTwice(Iterable<CreatableTopic> topics) {
        Set<String> once = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (CreatableTopic topic : topics) {
            if (!once.add(topic.name())) {
                twice.add(topic.name());
            }
        }
        return twice;
    }

    private static ApiError check(CreatableTopic topic, Catalogue catalogue, KafkaRights rights) {
        String name = topic.name();
        if (!rights.mayConfigure(name)) {
            return new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED, "Authorization failed.");
        }
        Optional<String> fault = TopicNames.fault(name);
        if (fault.isPresent()) {
            return new ApiError(Errors.INVALID_TOPIC_EXCEPTION, fault.get());
        }
        if (catalogue.named(name) != null) {
            return new ApiError(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        Optional<String> collision = TopicNames.collision(name, catalogue);
        if (collision.isPresent()) {
            return new ApiError(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + name + "' collides with existing topic: " + collision.get());
        }
        ApiError placed = topic.assignments().isEmpty() ? checkNumbers(topic) : checkAssignments(topic);
        return placed.isFailure() ? placed : checkConfig(topic);
    }

    private static ApiError checkNumbers(CreatableTopic topic) {
        if (topic.replicationFactor() < -1 || topic.replicationFactor() == 0) {
            return new ApiError(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.numPartitions() < -1 || topic.numPartitions() == 0) {
            return new ApiError(
                    Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        if (topic.replicationFactor() > 1) {
            return new ApiError(
                    Errors.INVALID_REPLICATION_FACTOR,
                    ("Unable to replicate the partition %d time(s): The target replication factor of %d cannot be"
                                    + " reached because only 1 broker(s) are registered.")
                            .formatted(topic.replicationFactor(), topic.replicationFactor()));
        }
        return topic.numPartitions() > MOST_PARTITIONS
                ? new ApiError(Errors.INVALID_PARTITIONS, tooMany())
                : ApiError.NONE;
    }

    static String tooMany() {
        return "A topic may have " + MOST_PARTITIONS + " partitions.";
    }

    private static ApiError checkAssignments(CreatableTopic topic) {
        if (topic.replicationFactor() != -1 || topic.numPartitions() != -1) {
            return new ApiError(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor or numPartitions was not set"
                            + " to -1.");
        }
        Set<Integer> partitions = new HashSet<>();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            ApiError error = assigned(assignment.brokerIds());
            if (error.isFailure()) {
                return error;
            }
            partitions.add(assignment.partitionIndex());
        }
        int count = topic.assignments().size();
        boolean isSequence = partitions.size() == count
                && partitions.stream().allMatch(partition -> partition >= 0 && partition < count);
        if (!isSequence) {
            return new ApiError(
                    Errors.INVALID_REPLICA_ASSIGNMENT, "partitions should be a consecutive 0-based integer sequence");
        }
        return count > MOST_PARTITIONS ? new ApiError(Errors.INVALID_PARTITIONS, tooMany()) : ApiError.NONE;
    }

    /// Whether a partition can lie on these nodes.
    static ApiError assigned(List<Integer> nodes) {
        if (nodes.isEmpty()) {
            return new ApiError(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "The manual partition assignment includes an empty replica list.");
        }
        for (int node : nodes) {
            if (node != KafkaSettings.NODE_ID) {
                return new ApiError(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes broker %d, but no such broker is registered."
                                .formatted(node));
            }
        }
        return nodes.size() == 1
                ? ApiError.NONE
                : new ApiError(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes the broker %d more than once."
                                .formatted(KafkaSettings.NODE_ID));
    }

    private static ApiError checkConfig(CreatableTopic topic) {
        for (CreatableTopicConfig config : topic.configs()) {
            if (config.value() == null) {
                return new ApiError(
                        Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + config.name());
            }
        }
        return TopicConfigs.validate(config(topic));
    }

    private static Map<String, String> config(CreatableTopic topic) {
        Map<String, String> config = new HashMap<>();
        topic.configs().forEach(entry -> config.put(entry.name(), entry.value()));
        return config;
    }

    private CompletableFuture<CreatableTopicResult> create(
            KafkaRequest request, CreatableTopic asked, boolean validateOnly) {
        // Told is what was asked for, as in Kafka.
        CreatableTopicResult result = result(asked);
        if (validateOnly) {
            return CompletableFuture.completedFuture(result);
        }
        var spec = new TopicSpec(asked.name(), result.numPartitions(), TopicConfigs.plain(config(asked)));
        return Futures.<Topic>of(reply -> request.topics().create(spec, reply))
                .handle((topic, failure) -> failure == null
                        ? result.setTopicId(surroundings.cluster().idOf(topic))
                        : refused(asked.name(), TopicsHandler.error(failure)));
    }

    private int partitions(CreatableTopic asked) {
        if (!asked.assignments().isEmpty()) {
            return asked.assignments().size();
        }
        return asked.numPartitions() == -1 ? surroundings.settings().partitions() : asked.numPartitions();
    }

    private CreatableTopicResult result(CreatableTopic asked) {
        return new CreatableTopicResult()
                .setName(asked.name())
                .setNumPartitions(partitions(asked))
                .setReplicationFactor((short) 1)
                .setConfigs(configs.created(config(asked)));
    }

    private static CreatableTopicResult refused(String name, ApiError error) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }
}
