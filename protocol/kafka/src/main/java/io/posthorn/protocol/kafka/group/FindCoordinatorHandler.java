package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.metadata.NodeAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;

/// Tells who coordinates a group, or a transaction: the only node there is.
///
/// Whoever asks for a group is about to need its coordinator, so the answer comes when that is there.
public final class FindCoordinatorHandler implements ApiHandler {
    private final GroupCoordination groups;
    private final KafkaSettings settings;

    public FindCoordinatorHandler(GroupCoordination groups, KafkaSettings settings) {
        this.groups = groups;
        this.settings = settings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.FIND_COORDINATOR);
    }

    @Override
    public CompletionStage<FindCoordinatorResponse> handle(KafkaRequest request) {
        FindCoordinatorRequest asked = request.body(FindCoordinatorRequest.class);
        CoordinatorType type = CoordinatorType.forId(asked.data().keyType());
        boolean isBatched = request.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
        List<String> keys = isBatched
                ? asked.data().coordinatorKeys()
                : List.of(asked.data().key());
        List<Coordinator> found =
                keys.stream().map(key -> answer(request, type, key)).toList();
        CompletionStage<?> isThere =
                type == CoordinatorType.GROUP && found.stream().anyMatch(one -> one.errorCode() == 0)
                        ? groups.coordinator()
                        : CompletableFuture.completedFuture(true);
        return isThere.thenApply(_ -> isBatched ? response(found) : response(found.getFirst()));
    }

    private Coordinator answer(KafkaRequest request, CoordinatorType type, String key) {
        Errors error = refusal(new GroupRights(request.topics()), type, key);
        KafkaSettings.Address here = new NodeAddress(settings).of(request.connection());
        Node node = error == Errors.NONE ? new Node(KafkaSettings.NODE_ID, here.host(), here.port()) : Node.noNode();
        return FindCoordinatorResponse.prepareCoordinatorResponse(error, key, node);
    }

    private static Errors refusal(GroupRights rights, CoordinatorType type, String key) {
        return switch (type) {
            case GROUP -> rights.maySee(key) ? Errors.NONE : Errors.GROUP_AUTHORIZATION_FAILED;
            case TRANSACTION -> rights.maySee(key) ? Errors.NONE : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
            // Only brokers ask each other for this one, and there are no others.
            case SHARE -> Errors.INVALID_REQUEST;
        };
    }

    private static FindCoordinatorResponse response(List<Coordinator> found) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData().setCoordinators(found));
    }

    /// As it was before one could ask for several.
    private static FindCoordinatorResponse response(Coordinator found) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData()
                .setErrorCode(found.errorCode())
                .setErrorMessage(found.errorMessage())
                .setNodeId(found.nodeId())
                .setHost(found.host())
                .setPort(found.port()));
    }
}
