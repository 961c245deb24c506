package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.common.GroupVersion;

/// Members come, stay and leave: by the classic protocol, and by the one in which the broker assigns partitions
/// (KIP-848).
public final class MembershipHandler implements ApiHandler {
    private final GroupCoordination groups;

    public MembershipHandler(GroupCoordination groups) {
        this.groups = groups;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(
                ApiKeys.JOIN_GROUP,
                ApiKeys.SYNC_GROUP,
                ApiKeys.HEARTBEAT,
                ApiKeys.LEAVE_GROUP,
                ApiKeys.CONSUMER_GROUP_HEARTBEAT);
    }

    @Override
    public Map<String, SupportedVersionRange> features() {
        return Map.of(
                GroupVersion.FEATURE_NAME,
                new SupportedVersionRange(GroupVersion.GV_0.featureLevel(), GroupVersion.GV_1.featureLevel()));
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        RequestContext context = request.context();
        return switch (request.body()) {
            case JoinGroupRequest join ->
                as(
                        request,
                        join.data().groupId(),
                        groups -> groups.joinGroup(context, join.data(), buffers())
                                .thenApply(answer -> new JoinGroupResponse(answer, request.version())));
            case SyncGroupRequest sync
            when !sync.areMandatoryProtocolTypeAndNamePresent() ->
                CompletableFuture.failedFuture(
                        new InconsistentGroupProtocolException("protocol type and name are missing"));
            case SyncGroupRequest sync ->
                as(
                        request,
                        sync.data().groupId(),
                        groups -> groups.syncGroup(context, sync.data(), buffers())
                                .thenApply(SyncGroupResponse::new));
            case HeartbeatRequest beat ->
                as(
                        request,
                        beat.data().groupId(),
                        groups -> groups.heartbeat(context, beat.data()).thenApply(HeartbeatResponse::new));
            case LeaveGroupRequest leave ->
                as(
                        request,
                        leave.data().groupId(),
                        groups -> groups.leaveGroup(context, leave.normalizedData())
                                .thenApply(answer -> new LeaveGroupResponse(answer, request.version())));
            case ConsumerGroupHeartbeatRequest beat -> beat(request, beat.data());
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    private CompletionStage<ConsumerGroupHeartbeatResponse> beat(
            KafkaRequest request, ConsumerGroupHeartbeatRequestData beat) {
        var rights = new GroupRights(request.topics());
        List<String> topics = beat.subscribedTopicNames();
        if (topics != null && !topics.stream().allMatch(rights::maySeeTopic)) {
            return CompletableFuture.failedFuture(new TopicAuthorizationException("not all topics may be seen"));
        }
        return as(
                request,
                beat.groupId(),
                groups -> groups.consumerGroupHeartbeat(request.context(), beat)
                        .thenApply(ConsumerGroupHeartbeatResponse::new));
    }

    /// For whoever may take part.
    private <T> CompletionStage<T> as(
            KafkaRequest request, String group, Function<GroupCoordinator, CompletableFuture<T>> question) {
        return new GroupRights(request.topics()).mayJoin(group)
                ? groups.coordinator().thenCompose(question)
                : CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
    }

    private static BufferSupplier buffers() {
        return BufferSupplier.NO_CACHING;
    }

    /// Ends the coordinator, for all who ask it.
    @Override
    public void close() {
        groups.close();
    }
}
