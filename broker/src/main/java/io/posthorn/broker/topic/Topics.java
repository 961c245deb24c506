package io.posthorn.broker.topic;

import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.security.Permission;
import io.posthorn.log.ReadMemory;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one session does with topics: every queue and stream of its virtual host whose name others may know is one, as
/// is what was created here.
///
/// Whatever is asked for is checked against the rights of the session's user first. Replies come on the session's io
/// executor. What reads may be called on any thread; the rest is confined to the session's io thread.
public interface Topics {
    /// The topics that there are now. Any thread.
    Catalogue catalogue();

    /// Hears of topics from now on. Called in the order of the changes, on a thread that must not be kept waiting.
    ///
    /// @return ends it
    AutoCloseable listen(TopicsListener listener);

    /// Whether the session's user may do this with a topic of this name.
    boolean may(Permission permission, String topic);

    /// As [#may], for what is done next: a refusal is written down.
    boolean permits(Permission permission, String topic);

    /// Whether the session's user may do anything at all with a topic of this name, which shows it.
    default boolean maySee(String topic) {
        return may(Permission.READ, topic) || may(Permission.WRITE, topic) || may(Permission.CONFIGURE, topic);
    }

    // ---- Which topics there are

    /// Creates a topic. It is durable before the reply.
    ///
    /// Fails with [io.posthorn.broker.BrokerException.AlreadyExists] where the name is taken.
    void create(TopicSpec spec, Reply<Topic> reply);

    /// Deletes a topic, or a queue, with all it holds. One that is gone already counts as deleted.
    void delete(Topic topic, Reply<Done> reply);

    /// Gives a topic more partitions.
    ///
    /// @param partitions how many there are to be; more than now, and only where [Topic#kind] is a topic
    void addPartitions(Topic topic, int partitions, Reply<Topic> reply);

    /// Replaces what the topic is configured with. Takes effect at once.
    void configure(Topic topic, Map<String, String> config, Reply<Topic> reply);

    // ---- What is in them

    /// Appends a batch as it is; its base offset is set. It is the caller's duty that the batch is whole and its
    /// checksum right.
    ///
    /// Batches of one session to one partition keep the order of the calls. They are handed over at the next
    /// [io.posthorn.broker.BrokerSession#flush].
    ///
    /// Fails with [io.posthorn.broker.BrokerException.ProducerRefused] where the producer's epoch or sequence is
    /// wrong, and as publishing fails: not found, storage full, storage failed, too large.
    void append(Partition to, RecordBatch batch, AppendRule rule, Reply<Appended> reply);

    /// The batches from the one that holds `offset`, as many as fit in `maxBytes` but at least one, and none behind
    /// what this isolation may see; null when the disk is needed. Never blocks. Empty when there is nothing (yet).
    /// Any thread.
    ///
    /// @throws io.posthorn.broker.BrokerException.OffsetOutOfRange when `offset` lies before the start or
    /// behind the end
    @Nullable
    PartitionSlice readTail(Partition from, long offset, int maxBytes, Isolation isolation);

    /// As [#readTail], from wherever the batches are. May block on a cold disk.
    ///
    /// @throws io.posthorn.broker.BrokerException.OffsetOutOfRange when `offset` lies before the start or
    /// behind the end
    /// @throws io.posthorn.broker.BrokerException.StorageFailed when what is there cannot be read
    PartitionSlice read(Partition from, long offset, int maxBytes, Isolation isolation);

    /// As [#read], from the disk into memory of the caller's own, for bytes that are only handed on. May
    /// block.
    ///
    /// @return null when [#read] is to be asked: the batches are in memory, or cannot be read like this
    /// @throws io.posthorn.broker.BrokerException.OffsetOutOfRange when `offset` lies before the start or
    /// behind the end
    @Nullable
    PartitionRead readInto(Partition from, long offset, int maxBytes, Isolation isolation, ReadMemory memory);

    /// The transactions that were aborted and have records from `from` (inclusive) to `to` (exclusive). Any thread.
    List<AbortedTransaction> aborted(Partition partition, long from, long to);

    /// The first record with this timestamp or a later one. Reads where it has to, on a thread that may wait.
    ///
    /// @param timestamp milliseconds since the epoch
    void firstSince(Partition partition, long timestamp, Isolation isolation, Reply<Optional<TimedOffset>> reply);

    /// The record with the greatest timestamp; the first of those.
    void greatestTimestamp(Partition partition, Isolation isolation, Reply<Optional<TimedOffset>> reply);

    /// Gives up what is before an offset; of a queue it is purged up to there.
    ///
    /// Fails with [io.posthorn.broker.BrokerException.OffsetOutOfRange] behind the high watermark.
    ///
    /// @param offset -1 for the high watermark
    /// @param reply with the first offset that is kept
    void deleteBefore(Partition partition, long offset, Reply<Long> reply);

    /// The cursors over topics.
    Cursors cursors();

    /// The producers that the partition remembers.
    void producers(Partition partition, Reply<List<ProducerStatus>> reply);
}
