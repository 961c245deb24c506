package io.posthorn.protocol.kafka.fetch;

import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The fetch sessions of all clients: so many, and no more. Thread-safe.
final class FetchSessions {
    /// Kafka's own number, and its patience with those that are not used.
    static final int MOST = 1_000;

    static final long EVICTABLE_AFTER_MS = 120_000;

    private static final int MOST_PARTITIONS = 500_000;

    private final Map<Integer, FetchSession> sessions = new HashMap<>();

    /// A session for one request, or why there is none.
    record Taken(@Nullable FetchSession session, Errors error) {}

    /// Takes the session until [#giveBack].
    synchronized Taken take(int id, int epoch, boolean usesTopicIds, long now) {
        FetchSession session = sessions.get(id);
        if (session == null) {
            return new Taken(null, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        // A client that comes with its next request before it has heard of the last one has lost count, too.
        if (session.epoch() != epoch || session.isInUse()) {
            return new Taken(null, Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.usesTopicIds() != usesTopicIds) {
            return new Taken(null, Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.begin(now);
        return new Taken(session, Errors.NONE);
    }

    synchronized void giveBack(FetchSession session) {
        session.end();
    }

    /// Whether this one is neither ended nor given up.
    synchronized boolean has(FetchSession session) {
        return session.equals(sessions.get(session.id()));
    }

    /// @return the one that was; null where there was none
    synchronized @Nullable FetchSession remove(int id) {
        return sessions.remove(id);
    }

    /// @return its id; 0 when there is no room for it
    synchronized int add(
            boolean usesTopicIds, SequencedMap<FetchedPartition.Key, FetchedPartition> partitions, long now) {
        if (!hasRoom(partitions.size(), now)) {
            return 0;
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        sessions.put(id, new FetchSession(id, usesTopicIds, partitions, now));
        return id;
    }

    synchronized int count() {
        return sessions.size();
    }

    private boolean hasRoom(int size, long now) {
        if (sessions.size() < MOST && partitions() + size <= MOST_PARTITIONS) {
            return true;
        }
        FetchSession least = leastWorthy(size, now);
        if (least == null) {
            return false;
        }
        sessions.remove(least.id());
        return partitions() + size <= MOST_PARTITIONS;
    }

    // What was not used for long goes first; then what is smaller than the new one, unless it is new itself.
    private @Nullable FetchSession leastWorthy(int size, long now) {
        FetchSession oldest = null;
        FetchSession smallest = null;
        for (FetchSession session : sessions.values()) {
            if (oldest == null || session.lastUsed() < oldest.lastUsed()) {
                oldest = session;
            }
            boolean isEstablished = now - session.created() > EVICTABLE_AFTER_MS;
            if (isEstablished && (smallest == null || session.size() < smallest.size())) {
                smallest = session;
            }
        }
        if (oldest != null && now - oldest.lastUsed() > EVICTABLE_AFTER_MS) {
            return oldest;
        }
        return smallest != null && smallest.size() < size ? smallest : null;
    }

    private long partitions() {
        long sum = 0;
        for (FetchSession session : sessions.values()) {
            sum += session.size();
        }
        return sum;
    }
}
