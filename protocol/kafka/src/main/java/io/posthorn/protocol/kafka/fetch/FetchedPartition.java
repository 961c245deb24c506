package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.KafkaErrors;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// A partition that a client fetches from: where it stands, what the client was told last, and,
/// during a request, what was found. Confined to the request that has its session.
final class FetchedPartition {
    private static final long UNKNOWN = -1;

    /// By what a client calls a partition, over all requests of a session.
    ///
    /// @param topic its name, or its id, in which case the name is empty
    record Key(String topic, Uuid topicId, int index) {}

    private final Key key;
    private String topic;
    private long offset;
    private int maxBytes;
    private int leaderEpoch;

    /// What the client knows.
    private long toldHighWatermark = UNKNOWN;

    private long toldStart = UNKNOWN;

    private @Nullable Partition partition;
    private @Nullable PartitionBounds bounds;
    private Errors error = Errors.NONE;
    private @Nullable FoundRecords records;

    /// Behind what was found; where it was on the disk, that goes on there.
    private long nextOffset;

    private boolean isFromDisk;
    private List<AbortedTransaction> aborted = List.of();

    /// Up to where it was counted how many bytes there are, while the request waits for more.
    private long countedTo = UNKNOWN;

    private long counted;

    /// As it is said on the wire.
    static Isolation isolation(byte level) {
        return level == IsolationLevel.READ_COMMITTED.id() ? Isolation.READ_COMMITTED : Isolation.READ_UNCOMMITTED;
    }

    FetchedPartition(Key key) {
        this.key = key;
        this.topic = key.topic();
    }

    void update(FetchPartition wanted) {
        offset = wanted.fetchOffset();
        maxBytes = wanted.partitionMaxBytes();
        leaderEpoch = wanted.currentLeaderEpoch();
    }

    Key key() {
        return key;
    }

    /// Empty where an id was never anybody's.
    String topic() {
        return topic;
    }

    // ---- What there is

    /// Looks where the partition is, and whether it can be read at all.
    ///
    /// @param limit of all partitions together
    /// @param isDue whether an offset behind the end is wrong: until then it may be of a record
    /// that was acknowledged when it was appended, and becomes visible in a moment
    /// @return whether it can
    boolean find(Finder finder, WatchSet watch, int limit, boolean isDue) {
        countedTo = UNKNOWN;
        counted = 0;
        error = Errors.NONE;
        if (partition == null || partition.isDeleted()) {
            partition = null;
            Finder.Found found = finder.find(key, topic);
            topic = found.topic();
            partition = found.partition();
            error = found.error();
        }
        watch.found(this, partition);
        if (!topic.isEmpty() && !finder.mayRead(topic)) {
            error = Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (partition == null || error != Errors.NONE) {
            return false;
        }
        bounds = partition.bounds();
        error = LeaderEpoch.check(leaderEpoch);
        if (error == Errors.NONE && (offset < bounds.start() || (isDue && offset > bounds.highWatermark()))) {
            error = Errors.OFFSET_OUT_OF_RANGE;
        }
        if (error == Errors.NONE && Math.min(limit, maxBytes) < 0 && offset < bounds.highWatermark()) {
            // Kafka's answer: there it is a fault of the segment that is to be read, so an empty partition has none.
            error = Errors.UNKNOWN_SERVER_ERROR;
        }
        return error == Errors.NONE;
    }

    /// Whether more is about to be seen of it.
    boolean isSyncing() {
        return partition != null && error == Errors.NONE && partition.isSyncing();
    }

    boolean isDeleted() {
        return partition != null && partition.isDeleted();
    }

    /// Whether there is nothing to be read of it, and nothing to be said but what is news.
    boolean isSettled(Isolation isolation) {
        Partition here = partition;
        return here != null
                && error == Errors.NONE
                && !here.isDeleted()
                && here.bounds().end(isolation) == offset;
    }

    /// Whether it has moved since the client was told of it.
    boolean hasNews() {
        if (partition == null) {
            return true;
        }
        PartitionBounds now = partition.bounds();
        return now.highWatermark() != toldHighWatermark || now.start() != toldStart;
    }

    /// Counts what has come since the last time.
    ///
    /// @return how many bytes can be read now; `most` when there are more, or nobody knows without
    /// a disk
    long count(Topics topics, Isolation isolation, long most) {
        if (partition == null || error != Errors.NONE) {
            return 0;
        }
        long end = partition.bounds().end(isolation);
        if (countedTo == UNKNOWN) {
            countedTo = offset;
        }
        if (countedTo < end && counted < most) {
            counted += most == 1 ? 1 : sizeFrom(topics, isolation, countedTo, most);
            countedTo = end;
        }
        return Math.min(counted, most);
    }

    private long sizeFrom(Topics topics, Isolation isolation, long from, long most) {
        try (PartitionSlice found =
                topics.readTail(Objects.requireNonNull(partition), from, (int) Math.min(most, maxBytes), isolation)) {
            return found == null ? most : found.sizeInBytes();
        } catch (BrokerException _) {
            return most; // which the read will say
        }
    }

    /// What is there now is nothing that could be read.
    void countFromEnd(Isolation isolation) {
        if (bounds != null) {
            countedTo = bounds.end(isolation);
            counted = 0;
        }
    }

    /// Whether there is something behind the offset.
    boolean hasMore(Isolation isolation) {
        return error == Errors.NONE && bounds != null && offset < bounds.end(isolation);
    }

    // ---- Reading it

    /// Reads what is in memory.
    ///
    /// @return null when the disk is needed
    @Nullable
    FoundRecords readTail(Topics topics, int most, Isolation isolation) {
        PartitionSlice found =
                topics.readTail(Objects.requireNonNull(partition), offset, Math.min(most, maxBytes), isolation);
        return found == null ? null : new SliceRecords(found);
    }

    /// Reads from wherever it is. May block.
    FoundRecords read(ReadBuffers buffers, Topics topics, int most, Isolation isolation) {
        return buffers.read(topics, Objects.requireNonNull(partition), offset, Math.min(most, maxBytes), isolation);
    }

    /// What was read of this before it was asked for, or is being read; null where nothing is.
    @Nullable
    ReadAhead ahead(ReadAheads ahead, Isolation isolation) {
        return ahead.find(Objects.requireNonNull(partition), offset, isolation);
    }

    void takeAhead(ReadAheads ahead) {
        ahead.take(Objects.requireNonNull(partition));
    }

    void dropAhead(ReadAheads ahead) {
        ahead.drop(Objects.requireNonNull(partition));
    }

    /// Whether it is no more than the client takes now.
    boolean fits(FoundRecords found, int most) {
        return found.sizeInBytes() <= Math.min(most, maxBytes);
    }

    boolean hasRecords() {
        return records != null;
    }

    /// Whether what the client gets had to be read from the disk.
    boolean isFromDisk() {
        return records != null && isFromDisk;
    }

    /// Lets be read what the client will ask for: what it did not get, or what follows what it got.
    ///
    /// @param limit of an answer
    /// @return whether there is room to read anything else
    boolean readOn(ReadAheads ahead, ReadBuffers buffers, int limit, Topics topics, Isolation isolation) {
        Partition here = partition;
        long from = records == null ? offset : nextOffset;
        if (here == null || error != Errors.NONE || from >= here.bounds().end(isolation)) {
            return true;
        }
        int most = Math.min(limit, maxBytes);
        return ahead.begin(here, from, isolation, most, () -> {
            PartitionSlice inMemory = topics.readTail(here, from, 1, isolation);
            if (inMemory == null) {
                return buffers.read(topics, here, from, most, isolation);
            }
            // There it will be found as fast.
            inMemory.close();
            return null;
        });
    }

    void fail(BrokerException cause) {
        error = KafkaErrors.of(cause);
    }

    /// The records go out with the answer.
    ///
    /// @param fromDisk whether it had to be read from there
    void take(FoundRecords found, boolean fromDisk, Topics topics, Isolation isolation) {
        records = found;
        isFromDisk = fromDisk;
        nextOffset = found.nextOffset();
        bounds = latest(bounds, found.bounds());
        if (isolation == Isolation.READ_COMMITTED) {
            aborted = topics.aborted(Objects.requireNonNull(partition), offset, nextOffset).stream()
                    .map(one -> new AbortedTransaction()
                            .setProducerId(one.producerId())
                            .setFirstOffset(one.firstOffset()))
                    .toList();
        }
    }

    /// What was read ahead knows less than the request does.
    private static PartitionBounds latest(@Nullable PartitionBounds one, PartitionBounds other) {
        return one == null
                ? other
                : new PartitionBounds(
                        Math.max(one.start(), other.start()),
                        Math.max(one.highWatermark(), other.highWatermark()),
                        Math.max(one.lastStable(), other.lastStable()));
    }

    /// Nothing is sent of it after all.
    void giveBack() {
        if (records != null) {
            records.close();
            records = null;
        }
    }

    // ---- Saying it

    Errors error() {
        return error;
    }

    /// @return what is to be said
    PartitionData response(Isolation isolation) {
        var data = new PartitionData().setPartitionIndex(key.index());
        if (error != Errors.NONE || bounds == null) {
            return data.setErrorCode(error.code()).setHighWatermark(UNKNOWN).setRecords(MemoryRecords.EMPTY);
        }
        data.setHighWatermark(bounds.highWatermark())
                .setLastStableOffset(bounds.lastStable())
                .setLogStartOffset(bounds.start())
                .setAbortedTransactions(isolation == Isolation.READ_COMMITTED ? aborted : null)
                .setRecords(records == null ? MemoryRecords.EMPTY : records);
        return data;
    }

    /// Forgets what was found, but for what the client is told by this answer.
    ///
    /// @return the records, which are the answer's now
    @Nullable
    FoundRecords told(PartitionData data) {
        FoundRecords sent = records;
        toldHighWatermark = data.highWatermark();
        toldStart = data.logStartOffset();
        records = null;
        bounds = null;
        aborted = List.of();
        return sent;
    }

    /// Whether the client does not know all of this.
    boolean isNews(PartitionData data) {
        return records != null
                || data.errorCode() != Errors.NONE.code()
                || data.highWatermark() != toldHighWatermark
                || data.logStartOffset() != toldStart;
    }
}
