package io.posthorn.protocol.kafka.share;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// Members say what became of records, apart from fetches.
final class ShareAcknowledgeHandler implements ApiHandler {
    private final Cluster cluster;
    private final ShareSessions sessions;
    private final ShareRules rules;

    ShareAcknowledgeHandler(Cluster cluster, ShareSessions sessions, ShareRules rules) {
        this.cluster = cluster;
        this.sessions = sessions;
        this.rules = rules;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.SHARE_ACKNOWLEDGE);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        ShareAcknowledgeRequestData data =
                request.body(ShareAcknowledgeRequest.class).data();
        ShareSession.Owner owner = ShareRequests.owner(request, data.groupId(), data.memberId());
        int epoch = data.shareSessionEpoch();
        if (epoch == ShareRequestMetadata.INITIAL_EPOCH) {
            throw Errors.INVALID_SHARE_SESSION_EPOCH.exception();
        }
        ShareSession session = sessions.take(owner, epoch, request.connection());
        List<Acknowledgements> said = Acknowledgements.of(data, request.version(), rules);
        return Settlement.of(request, cluster, session, said).thenApply(answers -> {
            if (epoch == ShareRequestMetadata.FINAL_EPOCH) {
                sessions.end(session);
            }
            return response(answers, owner.group());
        });
    }

    private ShareAcknowledgeResponse response(Map<TopicIdPartition, Errors> answers, String group) {
        var partitions = new LinkedHashMap<TopicIdPartition, PartitionData>();
        answers.forEach((partition, error) ->
                partitions.put(partition, ShareAcknowledgeResponse.partitionResponse(partition, error)));
        return ShareAcknowledgeResponse.of(Errors.NONE, 0, partitions, List.of(), rules.lockMillis(group));
    }
}
