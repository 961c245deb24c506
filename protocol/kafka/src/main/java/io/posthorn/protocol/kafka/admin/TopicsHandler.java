package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.jspecify.annotations.Nullable;

/// Creates and deletes topics, and gives them more partitions.
public final class TopicsHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final TopicCreation creation;

    public TopicsHandler(Surroundings surroundings, KeptBrokerConfigs broker) {
        this.surroundings = surroundings;
        this.creation = new TopicCreation(surroundings, broker);
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.CREATE_TOPICS, ApiKeys.DELETE_TOPICS, ApiKeys.CREATE_PARTITIONS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        KafkaRights rights = KafkaRights.of(request, surroundings);
        return switch (request.api()) {
            case CREATE_TOPICS -> creation.handle(request, rights);
            case DELETE_TOPICS -> delete(request, rights);
            case CREATE_PARTITIONS -> addPartitions(request, rights);
            default -> throw new IllegalArgumentException(request.api() + " is not served here");
        };
    }

    // ---- Delete

    private CompletableFuture<DeleteTopicsResponse> delete(KafkaRequest request, KafkaRights rights) {
        Set<Object> seen = new HashSet<>();
        List<CompletableFuture<DeletableTopicResult>> results = new ArrayList<>();
        for (DeleteTopicState asked : request.body(DeleteTopicsRequest.class).topics()) {
            Object key = asked.name() == null ? asked.topicId() : asked.name();
            results.add(
                    seen.add(key)
                            ? delete(request, asked, rights)
                            : CompletableFuture.completedFuture(result(asked.name(), asked.topicId(), duplicate())));
        }
        return Futures.all(results)
                .thenApply(all -> new DeleteTopicsResponse(new DeleteTopicsResponseData()
                        .setResponses(new DeletableTopicResultCollection(all.iterator()))));
    }

    private CompletableFuture<DeletableTopicResult> delete(
            KafkaRequest request, DeleteTopicState asked, KafkaRights rights) {
        boolean byName = asked.name() != null;
        boolean byId = !asked.topicId().equals(Uuid.ZERO_UUID);
        if (byName == byId) {
            var error = new ApiError(Errors.INVALID_REQUEST, "a topic is named either by name or by id");
            return CompletableFuture.completedFuture(result(asked.name(), asked.topicId(), error));
        }
        var catalogue = request.topics().catalogue();
        Topic topic = byName
                ? catalogue.named(asked.name())
                : catalogue.identified(surroundings.cluster().numberOf(asked.topicId()));
        String name = topic == null ? asked.name() : topic.name();
        if (name != null && !rights.mayConfigure(name)) {
            String shown = byName || rights.maySee(name) ? name : null;
            return CompletableFuture.completedFuture(
                    result(shown, asked.topicId(), new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED)));
        }
        if (topic == null) {
            Errors error = byName ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
            return CompletableFuture.completedFuture(result(asked.name(), asked.topicId(), new ApiError(error)));
        }
        Uuid id = surroundings.cluster().idOf(topic);
        return Futures.<Object>of(reply -> request.topics().delete(topic, new Widened<>(reply)))
                .handle((_, failure) -> result(topic.name(), id, error(failure)));
    }

    private static DeletableTopicResult result(@Nullable String name, Uuid id, ApiError error) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private static ApiError duplicate() {
        return new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name or id.");
    }

    static ApiError error(@Nullable Throwable failure) {
        return failure == null ? ApiError.NONE : ApiError.fromThrowable(KafkaErrors.exception(failure));
    }

    // ---- Partitions

    private CompletableFuture<CreatePartitionsResponse> addPartitions(KafkaRequest request, KafkaRights rights) {
        var asked = request.body(CreatePartitionsRequest.class).data();
        List<CompletableFuture<CreatePartitionsTopicResult>> results = new ArrayList<>();
        for (CreatePartitionsTopic topic : asked.topics()) {
            results.add(addPartitions(request, topic, rights, asked.validateOnly())
                    .handle((_, failure) -> result(topic.name(), error(failure))));
        }
        return Futures.all(results)
                .thenApply(all -> new CreatePartitionsResponse(new CreatePartitionsResponseData().setResults(all)));
    }

    private static CreatePartitionsTopicResult result(String name, ApiError error) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private static CompletableFuture<Object> addPartitions(
            KafkaRequest request, CreatePartitionsTopic asked, KafkaRights rights, boolean validateOnly) {
        if (!rights.mayConfigure(asked.name())) {
            return refused(Errors.TOPIC_AUTHORIZATION_FAILED, "");
        }
        Topic topic = request.topics().catalogue().named(asked.name());
        if (topic == null) {
            return refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "");
        }
        int now = topic.partitions().size();
        if (asked.count() == now) {
            return refused(Errors.INVALID_PARTITIONS, "Topic already has " + now + " partition(s).");
        }
        if (asked.count() < now) {
            return refused(
                    Errors.INVALID_PARTITIONS,
                    "The topic %s currently has %d partition(s); %d would not be an increase."
                            .formatted(asked.name(), now, asked.count()));
        }
        if (asked.count() > TopicCreation.MOST_PARTITIONS) {
            return refused(Errors.INVALID_PARTITIONS, TopicCreation.tooMany());
        }
        if (topic.kind() != Topic.Kind.TOPIC) {
            return refused(Errors.INVALID_PARTITIONS, "'" + asked.name() + "' is a queue, and has one partition.");
        }
        if (asked.assignments() != null) {
            if (asked.assignments().size() != asked.count() - now) {
                return refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "Attempted to add %d additional partition(s), but only %d assignment(s) were specified."
                                .formatted(
                                        asked.count() - now, asked.assignments().size()));
            }
            for (var assignment : asked.assignments()) {
                ApiError error = TopicCreation.assigned(assignment.brokerIds());
                if (error.isFailure()) {
                    return refused(error.error(), error.message());
                }
            }
        }
        return validateOnly
                ? CompletableFuture.completedFuture(topic)
                : Futures.of(reply -> request.topics().addPartitions(topic, asked.count(), new Widened<>(reply)));
    }

    private static CompletableFuture<Object> refused(Errors error, @Nullable String message) {
        return CompletableFuture.failedFuture(
                message == null || message.isEmpty() ? error.exception() : error.exception(message));
    }
}
