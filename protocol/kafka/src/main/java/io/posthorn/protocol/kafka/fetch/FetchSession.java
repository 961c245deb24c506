package io.posthorn.protocol.kafka.fetch;

import java.util.SequencedMap;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/// What a client fetches again and again, so that it need not say it every time (KIP-227).
///
/// One request has it at a time, and with it what is inside; [FetchSessions] sees to that.
final class FetchSession {
    private final int id;
    private final boolean usesTopicIds;
    private final SequencedMap<FetchedPartition.Key, FetchedPartition> partitions;
    private final long created;

    /// Whose looks the partitions know of.
    private @Nullable WatchSet watch;

    // ---- Guarded by the sessions' lock

    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private boolean isInUse;
    private long lastUsed;
    private int size;

    /// @param partitions in the order in which they are served
    FetchSession(
            int id, boolean usesTopicIds, SequencedMap<FetchedPartition.Key, FetchedPartition> partitions, long now) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.partitions = partitions;
        this.created = now;
        this.lastUsed = now;
        this.size = partitions.size();
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    SequencedMap<FetchedPartition.Key, FetchedPartition> partitions() {
        return partitions;
    }

    /// Of the connection by which the session came last.
    @Nullable
    WatchSet watch() {
        return watch;
    }

    void watchedBy(WatchSet set) {
        watch = set;
    }

    // ---- Under the sessions' lock

    boolean isInUse() {
        return isInUse;
    }

    int epoch() {
        return epoch;
    }

    long created() {
        return created;
    }

    long lastUsed() {
        return lastUsed;
    }

    /// Of how many partitions it was known to be when it was free last.
    int size() {
        return size;
    }

    void begin(long now) {
        isInUse = true;
        lastUsed = now;
        epoch = FetchMetadata.nextEpoch(epoch);
    }

    void end() {
        isInUse = false;
        size = partitions.size();
    }
}
