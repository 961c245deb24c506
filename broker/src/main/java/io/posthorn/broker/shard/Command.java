package io.posthorn.broker.shard;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SharedCredit;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.Getter;
import io.posthorn.broker.queue.Holder;
import io.posthorn.broker.queue.Lessee;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.RecordReader;
import io.posthorn.broker.queue.ScatteredRead;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Snapshots;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a shard is asked to do. Replies are called on the shard's thread.
public sealed interface Command {
    /// A command to one queue; it fails alone when the queue is gone or broken.
    sealed interface OfQueue extends Command {
        QueueEntry queue();

        /// Answers that the command cannot be done.
        void refuse(BrokerException cause);
    }

    /// A command to one queue with an answer.
    sealed interface Asking<T> extends OfQueue {
        Reply<T> reply();

        @Override
        default void refuse(BrokerException cause) {
            reply().failed(cause);
        }
    }

    /// A command to one queue that needs no answer: there is nothing to do where the queue is not.
    sealed interface Telling extends OfQueue {
        @Override
        default void refuse(BrokerException cause) {}
    }

    /// What was read of a queue's log on a thread that may wait, or why not.
    sealed interface Read extends Command {
        Queue queue();
    }

    /// Something to be appended, of which only so many bytes may wait.
    sealed interface Bounded extends Command {
        int sizeInBytes();
    }

    record Publish(Publication publication) implements Bounded {
        @Override
        public int sizeInBytes() {
            return publication.batch().sizeInBytes();
        }
    }

    /// Appends a batch as it is.
    record Append(QueueEntry queue, RecordBatch batch, AppendRule rule, Reply<Appended> reply) implements Bounded {
        @Override
        public int sizeInBytes() {
            return batch.sizeInBytes();
        }
    }

    /// What a transaction does to this shard. The reply is about the settlements, publications have receipts.
    record Commit(List<Publication> publications, List<Settle> settlements, Reply<Done> reply) implements Command {}

    record Settle(QueueEntry queue, Holder holder, Outcome outcome, OffsetRanges ranges) implements Telling {
        @Override
        public void refuse(BrokerException cause) {
            for (int i = 0; i < ranges.size(); i++) {
                holder.lose(ranges.from(i), ranges.to(i));
            }
        }
    }

    record Release(QueueEntry queue, Holder holder) implements Telling {
        @Override
        public void refuse(BrokerException cause) {
            holder.lose(0, Long.MAX_VALUE);
        }
    }

    record Resume(QueueEntry queue, Consumer consumer) implements Telling {}

    /// One delivery of what the consumer shares with others is reserved for it.
    record GrantCredit(QueueEntry queue, Consumer consumer) implements Telling {
        @Override
        public void refuse(BrokerException cause) {
            consumer.creditGranted();
            consumer.declineCredit();
        }
    }

    /// From now on the consumer's deliveries count in the shared credit.
    record Share(QueueEntry queue, Consumer consumer, SharedCredit credit, Reply<Done> reply) implements Asking<Done> {}

    /// So many deliveries, and so many bytes, have reached the consumer's sink on another thread.
    record Arrived(QueueEntry queue, Consumer consumer, int count, long bytes) implements Telling {}

    /// Messages that the queue has given away, by its own numbers, are where they were to go.
    record Forwarded(QueueEntry queue, long firstSequence, long lastSequence) implements Telling {}

    /// Those are not.
    record NotForwarded(QueueEntry queue, long firstSequence, long lastSequence, BrokerException cause)
            implements Telling {}

    record Consume(QueueEntry queue, Consumer consumer, Reply<Done> reply) implements Asking<Done> {}

    record Cancel(QueueEntry queue, Consumer consumer, Reply<Done> reply) implements Asking<Done> {}

    record Get(QueueEntry queue, Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply)
            implements Asking<Optional<Delivery>> {}

    /// Takes those of these messages that are ready.
    record Claim(QueueEntry queue, Getter getter, List<Long> offsets, Reply<List<Long>> reply)
            implements Asking<List<Long>> {}

    /// What those ask of a queue who speak of offsets.
    sealed interface OfPartition<T> extends Asking<T> {}

    /// Who numbers the batches of a queue.
    record Producers(QueueEntry queue, Reply<List<ProducerStatus>> reply)
            implements OfPartition<List<ProducerStatus>> {}

    /// Gives up what is before an offset, -1 for everything; answers with what is kept from then on, once that is
    /// durable.
    record DeleteBefore(QueueEntry queue, long offset, Reply<Long> reply) implements OfPartition<Long> {}

    /// The first record of this time or a later one. The reply is called on a thread that may wait.
    record FirstSince(QueueEntry queue, long timestamp, Isolation isolation, Reply<Optional<TimedOffset>> reply)
            implements OfPartition<Optional<TimedOffset>> {}

    /// The first of the records with the greatest timestamp. The reply is called on a thread that may wait.
    record GreatestTimestamp(QueueEntry queue, Isolation isolation, Reply<Optional<TimedOffset>> reply)
            implements OfPartition<Optional<TimedOffset>> {}

    /// What those ask of a cursor who take messages by their offsets.
    sealed interface OfCursor<T> extends Asking<T> {}

    record Lease(QueueEntry queue, Lessee lessee, LeaseWish wish, Reply<List<Leased>> reply)
            implements OfCursor<List<Leased>> {}

    /// It is durable before the answer.
    record EndLeases(QueueEntry queue, Lessee lessee, List<LeaseEnd> ends, Reply<LeaseAnswer> reply)
            implements OfCursor<LeaseAnswer> {}

    /// Answers once something may be ready.
    record AwaitReady(QueueEntry queue, Lessee lessee, Reply<Done> reply) implements OfCursor<Done> {}

    /// What is before this offset is done with, and nothing else.
    record RestartCursor(QueueEntry queue, long offset, Reply<Done> reply) implements OfCursor<Done> {}

    record AskCursor(QueueEntry queue, Reply<CursorStatus> reply) implements OfCursor<CursorStatus> {}

    record Purge(QueueEntry queue, Reply<Long> reply) implements Asking<Long> {}

    /// @param isUse whether asking counts as using the queue, as a declare does and a list does not
    record Status(QueueEntry queue, boolean isUse, Reply<QueueStatus> reply) implements Asking<QueueStatus> {}

    /// A look at some messages, ready or unsettled. The reply is called on a thread that may wait.
    ///
    /// @param bytes of all bodies after which a page ends early
    record Browse(QueueEntry queue, MessageState state, long from, int most, long bytes, Reply<BrowsePage> reply)
            implements Asking<BrowsePage> {
        public static final long PAGE_BYTES = 4 * 1024 * 1024;
    }

    /// Whether the queue may be deleted; answers with its ready messages.
    record CheckDelete(QueueEntry queue, boolean ifUnused, boolean ifEmpty, Reply<Long> reply)
            implements Asking<Long> {}

    /// @param reason why the queue is to deliver nothing; null lets it go on
    record SetPaused(QueueEntry queue, @Nullable String reason) implements Telling {}

    /// The queue exists from now on.
    ///
    /// @param arguments those of the queue, and what policies make of them
    record Open(QueueEntry queue, Arguments arguments) implements Command {}

    /// What a queue is to do from now on.
    ///
    /// @param arguments those of the queue, and what policies make of them
    record NewArguments(QueueEntry queue, Arguments arguments) {}

    /// Policies have changed what queues of this shard are to do.
    record Reconfigure(List<NewArguments> queues) implements Command {}

    /// The queue is gone from the topology: let go of it and its messages.
    record Drop(QueueEntry queue) implements Command {}

    record Loaded(Queue queue, RecordReader reader, LogSlice read) implements Read {}

    record Damaged(Queue queue, RecordReader reader, LogException.Damaged damage) implements Read {}

    /// What was to be loaded has been trimmed meanwhile.
    record LoadedTooLate(Queue queue, RecordReader reader) implements Read {}

    record LoadedScattered(Queue queue, ScatteredRead read) implements Read {}

    /// @param end -1 when it failed
    record Compacted(Queue queue, long end) implements Read {}

    record LoadFailed(Queue queue, RuntimeException cause) implements Read {}

    /// Messages may wait at the exchange from now on.
    record OpenDelays(DelayEntry exchange) implements Command {}

    /// The exchange is gone from the topology: let go of what waits there.
    record DropDelays(DelayEntry exchange) implements Command {}

    /// Lists what waits at an exchange.
    ///
    /// @param behind begin with the next one after this; null to begin at the first
    record ListDelayed(
            DelayEntry exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply)
            implements Command {}

    /// Takes a message out that waits at an exchange; answers whether it was there, once that is durable.
    record CancelDelayed(DelayEntry exchange, long id, Reply<Boolean> reply) implements Command {}

    /// What was done elsewhere goes on here.
    record Continue(Runnable then) implements Command {}

    /// What this shard has counted, and each of its queues.
    ///
    /// @param virtualHost only queues of this one; null for all
    /// @param each whether queues are told one by one, or only together
    record Statistics(@Nullable String virtualHost, boolean each, Reply<ShardReading> reply) implements Command {}

    /// What one queue has counted; also of one that is out of order.
    record StatisticsOf(QueueEntry queue, Reply<QueueStatistics> reply) implements Command {}

    record WriteSnapshot(Snapshots.SnapshotWriter writer) implements Command {}

    /// Write what a clean stop has to, and do nothing more: see [Shard#stop].
    record Stop(Runnable done) implements Command {}
}
