package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;

/// Changes configurations of topics, groups, the broker and its loggers, whole or key by key. Thread-safe.
public final class AlterConfigsHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final TopicConfigs topics;
    private final KeptBrokerConfigs broker;
    private final KeptGroupConfigs kept;
    private final GroupConfigs groups;

    /// A change builds upon what the one before it has left.
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    public AlterConfigsHandler(
            Surroundings surroundings, KeptBrokerConfigs broker, KeptGroupConfigs kept, GroupConfigs groups) {
        this.surroundings = surroundings;
        this.topics = new TopicConfigs(surroundings.settings(), broker);
        this.broker = broker;
        this.kept = kept;
        this.groups = groups;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.ALTER_CONFIGS, ApiKeys.INCREMENTAL_ALTER_CONFIGS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        return request.api() == ApiKeys.ALTER_CONFIGS ? replace(request) : change(request);
    }

    /// What is asked for of one resource.
    ///
    /// @param next the configuration to come of what there is
    private record Change(
            byte type, String name, boolean validateOnly, Function<AlteredResource, Map<String, String>> next) {
        Named named() {
            return new Named(type, name);
        }
    }

    private record Named(byte type, String name) {}

    private record Result(Change change, ApiError error) {}

    private CompletableFuture<AlterConfigsResponse> replace(KafkaRequest request) {
        var asked = request.body(AlterConfigsRequest.class).data();
        List<Change> changes = new ArrayList<>();
        for (AlterConfigsResource resource : asked.resources()) {
            Map<String, String> config = new HashMap<>();
            List<String> nulls = new ArrayList<>();
            resource.configs().forEach(entry -> {
                if (entry.value() == null) {
                    nulls.add(entry.name());
                } else {
                    config.put(entry.name(), entry.value());
                }
            });
            changes.add(new Change(resource.resourceType(), resource.resourceName(), asked.validateOnly(), _ -> {
                if (resource.resourceType() == ConfigResource.Type.BROKER_LOGGER.id()) {
                    throw unknown(resource.resourceType());
                }
                if (!nulls.isEmpty()) {
                    throw Errors.INVALID_REQUEST.exception("Null value not supported for : " + nulls);
                }
                return config;
            }));
        }
        return apply(request, changes).thenApply(results -> {
            var data = new AlterConfigsResponseData();
            for (Result result : results) {
                data.responses()
                        .add(new AlterConfigsResourceResponse()
                                .setResourceType(result.change().type())
                                .setResourceName(result.change().name())
                                .setErrorCode(result.error().error().code())
                                .setErrorMessage(result.error().message()));
            }
            return new AlterConfigsResponse(data);
        });
    }

    private CompletableFuture<IncrementalAlterConfigsResponse> change(KafkaRequest request) {
        var asked = request.body(IncrementalAlterConfigsRequest.class).data();
        List<Change> changes = new ArrayList<>();
        for (var resource : asked.resources()) {
            List<AlterableConfig> edits = new ArrayList<>();
            resource.configs().forEach(edits::add);
            changes.add(new Change(
                    resource.resourceType(),
                    resource.resourceName(),
                    asked.validateOnly(),
                    altered -> edited(altered, edits)));
        }
        return apply(request, changes).thenApply(results -> {
            var data = new IncrementalAlterConfigsResponseData();
            for (Result result : results) {
                data.responses()
                        .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                                .setResourceType(result.change().type())
                                .setResourceName(result.change().name())
                                .setErrorCode(result.error().error().code())
                                .setErrorMessage(result.error().message()));
            }
            return new IncrementalAlterConfigsResponse(data);
        });
    }

    /// @throws ApiException
    private static Map<String, String> edited(AlteredResource resource, List<AlterableConfig> edits) {
        Map<String, String> after = new HashMap<>(resource.config());
        Set<String> keys = new HashSet<>();
        for (AlterableConfig edit : edits) {
            if (!keys.add(edit.name())) {
                throw Errors.INVALID_REQUEST.exception("Error due to duplicate config keys");
            }
            OpType operation = OpType.forId(edit.configOperation());
            if (operation == null) {
                throw Errors.INVALID_REQUEST.exception("there is no operation " + edit.configOperation());
            }
            if (edit.value() == null && operation != OpType.DELETE) {
                throw Errors.INVALID_REQUEST.exception("Null value not supported for : " + edit.name());
            }
            resource.checkEdit(operation, edit.name(), edit.value());
            switch (operation) {
                case SET -> after.put(edit.name(), edit.value());
                case DELETE -> after.remove(edit.name());
                case APPEND, SUBTRACT -> after.put(edit.name(), listed(resource, edit, operation));
            }
        }
        return after;
    }

    private static String listed(AlteredResource resource, AlterableConfig edit, OpType operation) {
        String now = resource.config().getOrDefault(edit.name(), resource.defaultOf(edit.name()));
        List<String> values = new ArrayList<>();
        if (!now.isEmpty()) {
            values.addAll(List.of(now.split(",", -1)));
        }
        for (String value : items(edit.value())) {
            if (operation == OpType.SUBTRACT) {
                values.remove(value);
            } else if (!values.contains(value)) {
                values.add(value);
            }
        }
        return String.join(",", values);
    }

    /// As Kafka splits them: nothing behind the last comma counts.
    private static List<String> items(String list) {
        var items = new ArrayList<>(List.of(list.split(",", -1)));
        while (!list.isEmpty() && !items.isEmpty() && items.getLast().isEmpty()) {
            items.removeLast();
        }
        return items;
    }

    private CompletableFuture<List<Result>> apply(KafkaRequest request, List<Change> changes) {
        KafkaRights rights = KafkaRights.of(request, surroundings);
        Map<Named, Integer> counts = new HashMap<>();
        changes.forEach(change -> counts.merge(change.named(), 1, Integer::sum));
        List<CompletableFuture<Result>> results = new ArrayList<>();
        for (Change change : changes) {
            boolean isAlone = counts.getOrDefault(change.named(), 0) == 1;
            results.add(inTurn(
                            request.connection().io(),
                            () -> isAlone
                                    ? apply(request, change, rights)
                                    : CompletableFuture.failedFuture(Errors.INVALID_REQUEST.exception(
                                            "Each resource must appear at most once.")))
                    .handle((_, failure) -> new Result(change, TopicsHandler.error(failure))));
        }
        return Futures.all(results);
    }

    private synchronized CompletableFuture<Object> inTurn(Executor io, Supplier<CompletableFuture<Object>> change) {
        CompletableFuture<Object> next = last.handleAsync((_, _) -> true, io).thenCompose(_ -> change.get());
        last = next;
        return next;
    }

    private CompletableFuture<Object> apply(KafkaRequest request, Change change, KafkaRights rights) {
        AlteredResource resource = resource(request, change, rights);
        Map<String, String> next = resource.checked(change.next().apply(resource));
        if (change.validateOnly() || next.equals(resource.config())) {
            return CompletableFuture.completedFuture(resource);
        }
        return resource.keep(next);
    }

    /// @throws ApiException
    private AlteredResource resource(KafkaRequest request, Change change, KafkaRights rights) {
        String name = change.name();
        return switch (ConfigResource.Type.forId(change.type())) {
            case TOPIC -> AlteredTopic.of(request, name, rights, topics);
            case GROUP -> AlteredGroup.of(request, name, rights, groups, kept);
            case BROKER -> AlteredBroker.of(request, name, rights, broker);
            case BROKER_LOGGER -> AlteredLoggers.of(request, name, rights, surroundings);
            case CLIENT_METRICS, UNKNOWN -> throw unknown(change.type());
        };
    }

    private static ApiException unknown(byte type) {
        return Errors.INVALID_REQUEST.exception("Unknown resource type " + type);
    }
}
