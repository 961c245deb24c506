package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.MessageFacts;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Appends the batches of those who speak of offsets: as they are, and with their offset as the answer. Confined to
/// the shard's thread.
final class Appending {
    private static final Logger LOG = System.getLogger(Appending.class.getName());

    private final LogStorage storage;
    private final QueueTable queues;
    private final Publishing publishing;
    private final ParkedReceipts parked;
    private final Counters counters;

    Appending(LogStorage storage, QueueTable queues, Publishing publishing, ParkedReceipts parked, Counters counters) {
        this.storage = storage;
        this.queues = queues;
        this.publishing = publishing;
        this.parked = parked;
        this.counters = counters;
    }

    /// A batch that waits until it is durable.
    ///
    /// @param end up to here its queue then is to be shown
    /// @param reply null when it has been answered
    private record Waiting(
            long position,
            Queue queue,
            long end,
            Appended answer,
            @Nullable Reply<Appended> reply) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            queue.visible(end);
            if (reply != null) {
                reply.ok(answer);
            }
        }

        @Override
        public void never(BrokerException cause) {
            if (reply != null) {
                reply.failed(cause);
            }
        }
    }

    void append(Command.Append command, boolean stopped) {
        if (stopped) {
            command.reply().failed(new BrokerException.ShuttingDown("the broker is stopping"));
            return;
        }
        Queue queue = queues.get(command.queue());
        if (queue == null) {
            command.reply().failed(queues.whyMissing(command.queue()));
            return;
        }
        try {
            append(queue, command);
        } catch (BrokerException e) {
            command.reply().failed(e);
        } catch (LogException e) {
            command.reply().failed(Failures.of(e));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a batch of " + command.sizeInBytes() + " bytes was not appended", e);
            command.reply().failed(new BrokerException.StorageFailed("the batch could not be stored"));
        }
    }

    private void append(Queue queue, Command.Append command) {
        RecordBatch batch = command.batch();
        if (batch.isControl() && command.rule().origin() == AppendRule.Origin.CLIENT) {
            throw new BrokerException.PreconditionFailed("control batches are the broker's own");
        }
        boolean isNumbered = batch.producerId() >= 0;
        if (isNumbered) {
            long duplicate = queue.offsetOfDuplicate(batch, command.rule().origin());
            if (duplicate != Producers.NEW) {
                answerDuplicate(queue, duplicate, command);
                return;
            }
        }
        BrokerException refusal = queue.refusal(batch);
        if (refusal != null) {
            throw refusal;
        }
        MessageFacts facts = publishing.prepare(queue, batch, command.rule().expiring());
        long base = queue.log().append(batch, queue.durable());
        counters.publishedBatches++;
        counters.published += batch.count();
        try {
            if (facts != null) {
                queue.state().learn(facts);
            }
            if (isNumbered) {
                queue.numbered(base, batch);
            }
            appended(queue, base, command);
        } catch (RuntimeException e) {
            // What the queue knows and what its log has are two things now.
            queues.quarantine(queue, e);
            throw e;
        }
    }

    /// It is there, but perhaps not durable yet.
    private void answerDuplicate(Queue queue, long base, Command.Append command) {
        var answer = new Appended(base, queue.start(), true);
        boolean isDurable =
                base + command.batch().offsetCount() <= queue.bounds().highWatermark();
        if (isDurable || !command.rule().awaitsDurable()) {
            command.reply().ok(answer);
        } else {
            publishing.park(new Waiting(storage.journal().end(), queue, 0, answer, command.reply()));
        }
    }

    private void appended(Queue queue, long base, Command.Append command) {
        queue.appended(base, command.batch());
        var answer = new Appended(base, queue.start(), false);
        long end = queue.logEnd();
        if (!queue.durable()) {
            queue.visible(end);
            command.reply().ok(answer);
            return;
        }
        boolean waits = command.rule().awaitsDurable();
        parked.add(new Waiting(storage.journal().end(), queue, end, answer, waits ? command.reply() : null));
        if (!waits) {
            command.reply().ok(answer);
        }
    }
}
