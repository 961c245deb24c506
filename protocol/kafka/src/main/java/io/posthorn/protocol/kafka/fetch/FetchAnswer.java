package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.Isolation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SequencedMap;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;

/// What a fetch is about, and how it is answered: everything, everything with a session for the
/// next time, or, within a session, what is new. Confined to the request.
final class FetchAnswer {
    /// From here on clients know what a storage error is.
    private static final short STORAGE_ERROR_VERSION = 6;

    private final Kind kind;
    private final FetchSessions sessions;
    private final SequencedMap<FetchedPartition.Key, FetchedPartition> partitions;
    private final WatchSet watch;
    private final short version;

    private sealed interface Kind {
        record Sessionless() implements Kind {}

        record Full(boolean usesTopicIds, long now) implements Kind {}

        record Incremental(FetchSession session) implements Kind {}
    }

    private FetchAnswer(
            Kind kind,
            FetchSessions sessions,
            SequencedMap<FetchedPartition.Key, FetchedPartition> partitions,
            WatchSet watch,
            short version) {
        this.kind = kind;
        this.sessions = sessions;
        this.partitions = partitions;
        this.watch = watch;
        this.version = version;
    }

    static FetchAnswer sessionless(
            FetchSessions sessions, SequencedMap<FetchedPartition.Key, FetchedPartition> partitions, short version) {
        return new FetchAnswer(
                new Kind.Sessionless(), sessions, partitions, WatchSet.ofFetch(partitions.values()), version);
    }

    static FetchAnswer full(
            FetchSessions sessions,
            SequencedMap<FetchedPartition.Key, FetchedPartition> partitions,
            boolean usesTopicIds,
            long now,
            short version) {
        return new FetchAnswer(
                new Kind.Full(usesTopicIds, now), sessions, partitions, WatchSet.ofFetch(partitions.values()), version);
    }

    /// @param session taken, and given back with the answer
    static FetchAnswer incremental(FetchSessions sessions, FetchSession session, WatchSet watch, short version) {
        return new FetchAnswer(new Kind.Incremental(session), sessions, session.partitions(), watch, version);
    }

    Collection<FetchedPartition> partitions() {
        return partitions.values();
    }

    /// Knows which of them are worth a look.
    WatchSet watch() {
        return watch;
    }

    /// After a while that was waited for: within a session at what has moved, else at all that is told.
    void lookAgain() {
        switch (kind) {
            case Kind.Incremental _ -> watch.takeMoved();
            case Kind.Sessionless _, Kind.Full _ -> watch.addAll(partitions.values());
        }
    }

    /// @param sent gets the records that the answer has
    FetchResponse build(Isolation isolation, List<FoundRecords> sent) {
        var data = new FetchResponseData();
        boolean onlyNews = kind instanceof Kind.Incremental;
        List<FetchedPartition> served = new ArrayList<>(0);
        for (FetchedPartition fetched : onlyNews ? watch.candidates() : partitions.values()) {
            PartitionData found = fetched.response(isolation);
            if (onlyNews && !fetched.isNews(found)) {
                continue;
            }
            tone(found);
            topic(data, fetched).partitions().add(found);
            FoundRecords records = fetched.told(found);
            if (records != null) {
                sent.add(records);
                served.add(fetched);
            }
        }
        return FetchResponse.of(data.setSessionId(end(served, isolation)));
    }

    private void tone(PartitionData found) {
        if (found.errorCode() == Errors.KAFKA_STORAGE_ERROR.code() && version < STORAGE_ERROR_VERSION) {
            found.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
        }
    }

    private static FetchableTopicResponse topic(FetchResponseData data, FetchedPartition fetched) {
        List<FetchableTopicResponse> topics = data.responses();
        FetchableTopicResponse last = topics.isEmpty() ? null : topics.getLast();
        if (last != null && isOf(last, fetched)) {
            return last;
        }
        var topic = new FetchableTopicResponse()
                .setTopic(fetched.topic())
                .setTopicId(fetched.key().topicId());
        topics.add(topic);
        return topic;
    }

    private static boolean isOf(FetchableTopicResponse topic, FetchedPartition fetched) {
        return topic.topicId().equals(fetched.key().topicId()) && topic.topic().equals(fetched.topic());
    }

    /// @param served those that have been given something: others come first the next time
    /// @return the id of the session
    private int end(List<FetchedPartition> served, Isolation isolation) {
        for (FetchedPartition fetched : served) {
            partitions.putLast(fetched.key(), fetched);
        }
        return switch (kind) {
            case Kind.Sessionless _ -> {
                watch.close();
                yield FetchMetadata.INVALID_SESSION_ID;
            }
            case Kind.Full(boolean usesTopicIds, long now) -> {
                watch.close();
                yield sessions.add(usesTopicIds, partitions, now);
            }
            case Kind.Incremental(FetchSession session) -> {
                served.forEach(watch::putLast);
                watch.settle(isolation);
                sessions.giveBack(session);
                yield session.id();
            }
        };
    }

    /// There will be no answer.
    void abandon() {
        watch.close();
        if (kind instanceof Kind.Incremental(FetchSession session)) {
            sessions.remove(session.id());
        }
    }
}
