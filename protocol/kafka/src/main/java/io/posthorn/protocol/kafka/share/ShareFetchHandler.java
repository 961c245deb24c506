package io.posthorn.protocol.kafka.share;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.fetch.FetchMemory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ShareSessionLimitReachedException;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareFetchResponse;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// Members fetch, and say what became of records that they had: finds out what a request is about, with the help of its
/// session.
final class ShareFetchHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final ShareSessions sessions;
    private final ShareRules rules;
    private final FetchMemory memory;

    ShareFetchHandler(Surroundings surroundings, ShareSessions sessions, ShareRules rules, FetchMemory memory) {
        this.surroundings = surroundings;
        this.sessions = sessions;
        this.rules = rules;
        this.memory = memory;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.SHARE_FETCH);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        ShareFetchRequestData data = request.body(ShareFetchRequest.class).data();
        ShareSession.Owner owner = ShareRequests.owner(request, data.groupId(), data.memberId());
        checkRenewal(data);
        ShareSession session;
        try {
            session = session(request, data, owner);
        } catch (ShareSessionLimitReachedException full) {
            return later(request, data.maxWaitMs(), full);
        }
        List<Acknowledgements> said =
                saysAnything(data) ? Acknowledgements.of(data, request.version(), rules) : List.of();
        // What is given back may go out by this very request.
        CompletableFuture<Map<TopicIdPartition, Errors>> settled =
                Settlement.of(request, surroundings.cluster(), session, said);
        var room = new ShareFetch.Room(memory, surroundings.blocking(), surroundings.cluster());
        boolean fetches = data.shareSessionEpoch() != ShareRequestMetadata.FINAL_EPOCH && !data.isRenewAck();
        var fetch = new ShareFetch(
                request,
                data,
                fetches ? session.wanted() : List.of(),
                () -> rules.of(owner.group(), request.topics()),
                room);
        fetch.begin();
        return fetch.result().thenCombine(settled, (answer, ended) -> {
            if (data.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH) {
                sessions.end(session);
            }
            return answer.response(ended);
        });
    }

    private static void checkRenewal(ShareFetchRequestData data) {
        boolean fetchesToo =
                data.maxBytes() != 0 || data.minBytes() != 0 || data.maxRecords() != 0 || data.maxWaitMs() != 0;
        if (data.isRenewAck() && fetchesToo) {
            throw new InvalidRequestException(
                    "maxBytes, minBytes, maxRecords and maxWaitMs must be set to 0 if isRenewAck is true.");
        }
    }

    private ShareSession session(KafkaRequest request, ShareFetchRequestData data, ShareSession.Owner owner) {
        int epoch = data.shareSessionEpoch();
        boolean isNew = epoch == ShareRequestMetadata.INITIAL_EPOCH;
        if (isNew && saysAnything(data)) {
            throw Errors.INVALID_REQUEST.exception();
        }
        ShareSession session =
                isNew ? sessions.begin(owner, request.connection()) : sessions.take(owner, epoch, request.connection());
        if (epoch != ShareRequestMetadata.FINAL_EPOCH) {
            data.topics()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> session.want(
                                    new SharedPartition.Key(topic.topicId(), partition.partitionIndex()))));
            data.forgottenTopicsData()
                    .forEach(topic -> topic.partitions()
                            .forEach(index -> session.forget(new SharedPartition.Key(topic.topicId(), index))));
        }
        return session;
    }

    private static boolean saysAnything(ShareFetchRequestData data) {
        return data.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> !partition.acknowledgementBatches().isEmpty());
    }

    /// There is no room: the client is not to come back at once.
    private static CompletionStage<ShareFetchResponse> later(
            KafkaRequest request, int millis, ShareSessionLimitReachedException full) {
        var refused = new CompletableFuture<ShareFetchResponse>();
        request.connection().after(Math.max(0, millis), () -> refused.completeExceptionally(full));
        request.whenAbandoned(() -> refused.completeExceptionally(full));
        return refused;
    }
}
