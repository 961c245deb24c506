package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.ClientConnection;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/// Answers fetch requests: finds out what a request is about, with the help of its session where it
/// has one.
public final class FetchHandler implements ApiHandler {
    private static final short SESSIONS_VERSION = 7;
    private static final short TOPIC_ID_VERSION = 13;

    private final Surroundings surroundings;
    private final FetchSessions sessions = new FetchSessions();
    private final FetchMemory memory;
    private final ReadAheadBudget budget;
    private final ReadBuffers buffers;

    private final Map<ClientConnection, Fetcher> fetchers = new ConcurrentHashMap<>();

    /// @param memory for answers to everybody
    public FetchHandler(Surroundings surroundings, FetchMemory memory) {
        this.surroundings = surroundings;
        this.memory = memory;
        this.budget = new ReadAheadBudget(Math.min(
                surroundings.settings().readAhead(), Runtime.getRuntime().maxMemory() / 8));
        this.buffers = new ReadBuffers(memory.most() + budget.left());
    }

    /// Bytes that were read from the disk for somebody who has not got them yet.
    public long held() {
        return buffers.held();
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.FETCH);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        FetchRequest body = request.body(FetchRequest.class);
        if (body.isFromFollower()) {
            return CompletableFuture.completedStage(
                    body.getErrorResponse(0, Errors.CLUSTER_AUTHORIZATION_FAILED.exception()));
        }
        FetchRequestData data = body.data();
        boolean isFull = data.sessionEpoch() == FetchMetadata.INITIAL_EPOCH
                || data.sessionEpoch() == FetchMetadata.FINAL_EPOCH
                || request.version() < SESSIONS_VERSION;
        return isFull ? full(request, data) : incremental(request, data);
    }

    private CompletionStage<FetchResponse> full(KafkaRequest request, FetchRequestData data) {
        if (data.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            fetcher(request.connection()).forget(sessions.remove(data.sessionId()));
        }
        var partitions = new LinkedHashMap<FetchedPartition.Key, FetchedPartition>();
        merge(data, partitions);
        boolean wantsSession =
                request.version() >= SESSIONS_VERSION && data.sessionEpoch() == FetchMetadata.INITIAL_EPOCH;
        return fetch(
                request,
                data,
                wantsSession
                        ? FetchAnswer.full(
                                sessions, partitions, request.version() >= TOPIC_ID_VERSION, now(), request.version())
                        : FetchAnswer.sessionless(sessions, partitions, request.version()));
    }

    private CompletionStage<FetchResponse> incremental(KafkaRequest request, FetchRequestData data) {
        FetchSessions.Taken taken =
                sessions.take(data.sessionId(), data.sessionEpoch(), request.version() >= TOPIC_ID_VERSION, now());
        FetchSession session = taken.session();
        if (session == null) {
            return CompletableFuture.completedStage(FetchResponse.of(
                    new FetchResponseData().setErrorCode(taken.error().code())));
        }
        Fetcher fetcher = fetcher(request.connection());
        WatchSet watch = fetcher.watchOf(session, data.isolationLevel());
        merge(data, session.partitions()).forEach(watch::add);
        forget(data, session.partitions()).forEach(watch::remove);
        if (session.partitions().isEmpty()) {
            fetcher.forget(sessions.remove(session.id()));
            return fetch(request, data, FetchAnswer.sessionless(sessions, session.partitions(), request.version()));
        }
        return fetch(request, data, FetchAnswer.incremental(sessions, session, watch, request.version()));
    }

    /// @return those of which the client says something
    private static List<FetchedPartition> merge(
            FetchRequestData data, SequencedMap<FetchedPartition.Key, FetchedPartition> partitions) {
        var said = new ArrayList<FetchedPartition>();
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition wanted : topic.partitions()) {
                var key = key(topic.topic(), topic.topicId(), wanted.partition());
                FetchedPartition fetched = partitions.computeIfAbsent(key, FetchedPartition::new);
                fetched.update(wanted);
                said.add(fetched);
            }
        }
        return said;
    }

    /// @return those that the client does not want any more
    private static List<FetchedPartition> forget(
            FetchRequestData data, SequencedMap<FetchedPartition.Key, FetchedPartition> partitions) {
        var forgotten = new ArrayList<FetchedPartition>();
        for (ForgottenTopic topic : data.forgottenTopicsData()) {
            for (int index : topic.partitions()) {
                FetchedPartition gone = partitions.remove(key(topic.topic(), topic.topicId(), index));
                if (gone != null) {
                    forgotten.add(gone);
                }
            }
        }
        return forgotten;
    }

    private static FetchedPartition.Key key(String topic, Uuid topicId, int index) {
        return new FetchedPartition.Key(topicId.equals(Uuid.ZERO_UUID) ? topic : "", topicId, index);
    }

    private CompletionStage<FetchResponse> fetch(KafkaRequest request, FetchRequestData data, FetchAnswer answer) {
        Topics topics = request.topics();
        Fetcher fetcher = fetcher(request.connection());
        var room = new Fetch.Room(
                memory,
                buffers,
                surroundings.blocking(),
                () -> new Finder(topics, surroundings.cluster()),
                fetcher.pace(),
                fetcher.ahead());
        var fetch = new Fetch(request, data, answer, room);
        fetch.begin();
        return fetch.result();
    }

    private Fetcher fetcher(ClientConnection connection) {
        Fetcher known = fetchers.get(connection);
        if (known != null) {
            return known;
        }
        var ahead = new ReadAheads(connection::after, surroundings.blocking(), budget);
        var made = new Fetcher(surroundings.clock(), ahead, sessions::has);
        fetchers.put(connection, made);
        connection.whenClosed(() -> {
            fetchers.remove(connection);
            made.close();
        });
        return made;
    }

    private long now() {
        return surroundings.clock().millis();
    }
}
