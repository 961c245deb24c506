package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ShareGroupDescribeRequest;
import org.apache.kafka.common.requests.ShareGroupDescribeResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.apache.kafka.server.common.ShareVersion;

/// Members of share groups come, stay and leave (KIP-932), and are looked at.
final class ShareGroupHandler implements ApiHandler {
    private static final int LONGEST_MEMBER_ID = 36;

    private final GroupCoordination groups;

    ShareGroupHandler(GroupCoordination groups) {
        this.groups = groups;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.SHARE_GROUP_HEARTBEAT, ApiKeys.SHARE_GROUP_DESCRIBE);
    }

    @Override
    public Map<String, SupportedVersionRange> features() {
        return Map.of(
                ShareVersion.FEATURE_NAME,
                new SupportedVersionRange(ShareVersion.SV_0.featureLevel(), ShareVersion.SV_2.featureLevel()));
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        return switch (request.body()) {
            case ShareGroupHeartbeatRequest beat -> beat(request, beat.data());
            case ShareGroupDescribeRequest describe -> describe(request, describe);
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    private CompletionStage<ShareGroupHeartbeatResponse> beat(
            KafkaRequest request, ShareGroupHeartbeatRequestData beat) {
        var rights = new GroupRights(request.topics());
        if (!rights.mayJoin(beat.groupId())) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(beat.groupId()));
        }
        if (beat.memberId().isEmpty() || beat.memberId().length() > LONGEST_MEMBER_ID) {
            return CompletableFuture.failedFuture(new InvalidRequestException("Invalid member id in the request."));
        }
        List<String> topics = beat.subscribedTopicNames();
        if (topics != null && !topics.stream().allMatch(rights::maySeeTopic)) {
            return CompletableFuture.failedFuture(new TopicAuthorizationException("not all topics may be seen"));
        }
        return groups.coordinator()
                .thenCompose(groups -> groups.shareGroupHeartbeat(request.context(), beat))
                .thenApply(ShareGroupHeartbeatResponse::new);
    }

    private CompletionStage<ShareGroupDescribeResponse> describe(
            KafkaRequest request, ShareGroupDescribeRequest describe) {
        var asked = describe.data();
        return GroupDescriptions.SHARE
                .of(asked.groupIds(), asked.includeAuthorizedOperations(), groups, request)
                .thenApply(
                        shown -> new ShareGroupDescribeResponse(new ShareGroupDescribeResponseData().setGroups(shown)));
    }
}
