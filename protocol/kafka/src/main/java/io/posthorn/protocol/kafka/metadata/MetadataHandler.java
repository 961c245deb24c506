package io.posthorn.protocol.kafka.metadata;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.TopicNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.jspecify.annotations.Nullable;

/// Answers `Metadata`: topics by name, by id, or all, and the one node that leads them.
public final class MetadataHandler implements ApiHandler {
    /// An answer about more topics is put together elsewhere than on a loop that others wait for.
    private static final int MANY = 1_000;

    private static final List<Integer> THIS_NODE = List.of(KafkaSettings.NODE_ID);

    private final Surroundings surroundings;
    private final NodeAddress node;

    public MetadataHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.node = new NodeAddress(surroundings.settings());
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.METADATA);
    }

    @Override
    public CompletableFuture<MetadataResponse> handle(KafkaRequest request) {
        var asked = request.body(MetadataRequest.class);
        check(asked);
        KafkaRights rights = KafkaRights.of(request, surroundings);
        Catalogue catalogue = request.topics().catalogue();
        if (asked.isAllTopics()) {
            return all(request, catalogue, rights);
        }
        List<CompletableFuture<MetadataResponseTopic>> topics =
                asked.topicIds().stream().anyMatch(id -> !id.equals(Uuid.ZERO_UUID))
                        ? byId(asked, catalogue, rights)
                        : byName(request, asked, catalogue, rights);
        return Futures.all(topics).thenApply(found -> answer(request, found, rights));
    }

    // Ids came in version 10, but there they could not be asked for yet.
    private static void check(MetadataRequest asked) {
        if (asked.isAllTopics() || asked.version() >= 12) {
            return;
        }
        for (MetadataRequestTopic topic : asked.data().topics()) {
            if (topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new InvalidRequestException("topics are asked for by name in version " + asked.version());
            }
        }
    }

    private CompletableFuture<MetadataResponse> all(KafkaRequest request, Catalogue catalogue, KafkaRights rights) {
        var topics = catalogue.topics();
        return topics.size() <= MANY
                ? CompletableFuture.completedFuture(all(request, topics, rights))
                : CompletableFuture.supplyAsync(() -> all(request, topics, rights), surroundings.blocking());
    }

    private MetadataResponse all(KafkaRequest request, Iterable<Topic> topics, KafkaRights rights) {
        List<MetadataResponseTopic> seen = new ArrayList<>();
        for (Topic topic : topics) {
            if (rights.maySee(topic.name())) {
                seen.add(described(topic));
            }
        }
        return answer(request, seen, rights);
    }

    private List<CompletableFuture<MetadataResponseTopic>> byId(
            MetadataRequest asked, Catalogue catalogue, KafkaRights rights) {
        List<CompletableFuture<MetadataResponseTopic>> answers = new ArrayList<>();
        for (Uuid id : new LinkedHashSet<>(asked.topicIds())) {
            if (!id.equals(Uuid.ZERO_UUID)) {
                answers.add(CompletableFuture.completedFuture(byId(id, catalogue, rights)));
            }
        }
        return answers;
    }

    private MetadataResponseTopic byId(Uuid id, Catalogue catalogue, KafkaRights rights) {
        Topic topic = catalogue.identified(surroundings.cluster().numberOf(id));
        if (topic == null) {
            return refused(null, Errors.UNKNOWN_TOPIC_ID).setTopicId(id);
        }
        return rights.maySee(topic.name())
                ? described(topic)
                : refused(null, Errors.TOPIC_AUTHORIZATION_FAILED).setTopicId(id);
    }

    private List<CompletableFuture<MetadataResponseTopic>> byName(
            KafkaRequest request, MetadataRequest asked, Catalogue catalogue, KafkaRights rights) {
        boolean create =
                asked.allowAutoTopicCreation() && surroundings.settings().autoCreateTopics();
        List<CompletableFuture<MetadataResponseTopic>> answers = new ArrayList<>();
        for (String name : new LinkedHashSet<>(asked.topics())) {
            if (name == null) {
                throw new InvalidRequestException("a topic is asked for by neither name nor id");
            }
            Topic topic = catalogue.named(name);
            Errors error = !rights.maySee(name)
                    ? Errors.TOPIC_AUTHORIZATION_FAILED
                    : topic != null ? Errors.NONE : missing(name, create, catalogue, rights);
            if (topic != null && error == Errors.NONE) {
                answers.add(CompletableFuture.completedFuture(described(topic)));
            } else if (error == Errors.NONE) {
                answers.add(created(request, name));
            } else {
                answers.add(CompletableFuture.completedFuture(refused(name, error)));
            }
        }
        return answers;
    }

    /// What to say of a topic that is not there; nothing when it is to be created.
    private static Errors missing(String name, boolean create, Catalogue catalogue, KafkaRights rights) {
        if (TopicNames.fault(name).isPresent()) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        if (!create || TopicNames.isInternal(name)) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (!rights.mayConfigure(name)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        return TopicNames.collision(name, catalogue).isPresent() ? Errors.INVALID_TOPIC_EXCEPTION : Errors.NONE;
    }

    // Kafka says first that there is no such topic, and creates it meanwhile; to hear of it at once suits every client.
    private CompletableFuture<MetadataResponseTopic> created(KafkaRequest request, String name) {
        var spec = new TopicSpec(name, surroundings.settings().partitions(), Map.of());
        return Futures.<Topic>of(reply -> request.topics().create(spec, reply))
                .thenApply(this::described)
                .exceptionally(failure -> refused(name, notCreated(failure)));
    }

    private static Errors notCreated(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return switch (cause) {
            // Somebody else was faster: the client asks again, and finds it.
            case BrokerException.AlreadyExists _ -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case BrokerException refused -> KafkaErrors.of(refused);
            case null, default -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    private static MetadataResponseTopic refused(@Nullable String name, Errors error) {
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setIsInternal(name != null && TopicNames.isInternal(name));
    }

    private MetadataResponseTopic described(Topic topic) {
        List<MetadataResponsePartition> partitions =
                new ArrayList<>(topic.partitions().size());
        for (int i = 0; i < topic.partitions().size(); i++) {
            partitions.add(new MetadataResponsePartition()
                    .setPartitionIndex(i)
                    .setLeaderId(KafkaSettings.NODE_ID)
                    .setLeaderEpoch(0)
                    .setReplicaNodes(THIS_NODE)
                    .setIsrNodes(THIS_NODE)
                    .setOfflineReplicas(List.of()));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(surroundings.cluster().idOf(topic))
                .setIsInternal(TopicNames.isInternal(topic.name()))
                .setPartitions(partitions);
    }

    private MetadataResponse answer(KafkaRequest request, List<MetadataResponseTopic> topics, KafkaRights rights) {
        var asked = request.body(MetadataRequest.class).data();
        var data = new MetadataResponseData()
                .setClusterId(surroundings.cluster().id())
                .setControllerId(KafkaSettings.NODE_ID);
        KafkaSettings.Address address = node.of(request.connection());
        data.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(KafkaSettings.NODE_ID)
                        .setHost(address.host())
                        .setPort(address.port()));
        for (MetadataResponseTopic topic : topics) {
            if (asked.includeTopicAuthorizedOperations() && topic.name() != null) {
                topic.setTopicAuthorizedOperations(rights.operationsOnTopic(topic.name()));
            }
            data.topics().add(topic);
        }
        if (request.version() >= 8 && request.version() <= 10 && asked.includeClusterAuthorizedOperations()) {
            data.setClusterAuthorizedOperations(rights.operationsOnCluster());
        }
        return new MetadataResponse(data, request.version());
    }
}
