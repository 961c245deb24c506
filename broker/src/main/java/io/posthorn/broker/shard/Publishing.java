package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.delay.DelayedMessages;
import io.posthorn.broker.queue.AppendTimes;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.Deduplication;
import io.posthorn.broker.queue.DuplicateWindow;
import io.posthorn.broker.queue.MessageFacts;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.StreamQueue;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Append;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Appends published batches, and lets nobody see or confirm them before they are durable. Confined to the
/// shard's thread.
final class Publishing {
    private static final Logger LOG = System.getLogger(Publishing.class.getName());

    private static final Queue[] NO_QUEUES = {};
    private static final long[] NO_ENDS = {};

    private final int machine;
    private final LogStorage storage;
    private final QueueTable queues;
    private final DelayTable delays;
    private final ParkedReceipts parked;
    private final ShardEventCodec events;
    private final Counters counters;
    private final LongSupplier clock;
    private final ArrayList<Queue> durable = new ArrayList<>();
    private final ArrayList<Log> logs = new ArrayList<>();
    private final ArrayList<Description> descriptions = new ArrayList<>();

    /// Why nothing becomes durable any more; null while it does.
    private @Nullable BrokerException failure;

    Publishing(
            int machine,
            LogStorage storage,
            QueueTable queues,
            DelayTable delays,
            ParkedReceipts parked,
            ShardEventCodec events,
            Counters counters,
            LongSupplier clock) {
        this.machine = machine;
        this.events = events;
        this.storage = storage;
        this.queues = queues;
        this.delays = delays;
        this.parked = parked;
        this.counters = counters;
        this.clock = clock;
    }

    /// A batch that waits until it is durable, with the ends up to which it then is to be shown.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(long position, Publication publication, Queue[] queues, long[] ends, boolean receipt)
            implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            for (int i = 0; i < queues.length; i++) {
                queues[i].visible(ends[i]);
            }
            if (receipt) {
                publication.accepted();
            }
        }

        @Override
        public void never(BrokerException cause) {
            if (receipt) {
                publication.refused(cause);
            }
        }
    }

    /// A batch of delayed messages that waits until it is durable.
    private record WaitingDelayed(long position, Publication publication, Runnable visible)
            implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            visible.run();
            publication.accepted();
        }

        @Override
        public void never(BrokerException cause) {
            publication.refused(cause);
        }
    }

    void append(Publication publication, boolean stopped) {
        if (stopped) {
            publication.refused(new BrokerException.ShuttingDown("the broker is stopping"));
            return;
        }
        counters.publishedBatches++;
        counters.published += publication.batch().count();
        try {
            DelayEntry delay = publication.delay();
            if (delay == null) {
                appendToTargets(publication);
            } else {
                appendDelayed(publication, delay);
            }
        } catch (LogException e) {
            publication.refused(Failures.of(e));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a batch of " + publication.batch().sizeInBytes() + " bytes was not appended", e);
            publication.refused(new BrokerException.StorageFailed("the messages could not be stored"));
        }
    }

    private void appendDelayed(Publication publication, DelayEntry delay) {
        DelayedMessages messages = delays.get(delay);
        if (messages == null) {
            // An exchange deleted since the message came to it takes it with it.
            publication.accepted();
            return;
        }
        Runnable visible = messages.append(publication.batch());
        if (delay.durable()) {
            parked.add(new WaitingDelayed(storage.journal().end(), publication, visible));
        } else {
            visible.run();
            publication.accepted();
        }
    }

    private void appendToTargets(Publication publication) {
        durable.clear();
        BrokerException broken = null;
        boolean hasWaited = false;
        for (QueueEntry target : publication.targets()) {
            Queue queue = queues.get(target);
            if (queue == null) {
                // A queue deleted since the message was routed takes it with it, as if it had been there before.
                broken = queues.whyMissing(target) instanceof BrokerException.StorageFailed failed ? failed : broken;
                continue;
            }
            Deduplication once = queue.deduplication();
            // A duplicate takes no room: it is in the queue, or has been.
            RecordBatch batch =
                    once == null ? publication.batch() : once.withoutDuplicates(publication.batch(), clock.getAsLong());
            BrokerException refusal = batch == null ? null : queue.refusal(batch);
            if (refusal != null) {
                broken = refusal;
                continue;
            }
            noteTimes(queue, publication.expiring());
            if (once != null) {
                hasWaited |= appendOnce(queue, once, batch, publication);
            } else if (queue.durable()) {
                durable.add(queue);
            } else {
                appendVolatile(queue, publication.batch(), publication.only());
            }
        }
        if (!durable.isEmpty()) {
            appendDurable(publication, broken == null);
        } else if (broken == null && hasWaited) {
            parkReceipt(publication);
        } else if (broken == null) {
            publication.accepted();
        }
        if (broken != null) {
            publication.refused(broken);
        }
    }

    /// The receipt waits for the journal's end as it is now.
    private void parkReceipt(Publication publication) {
        park(new Waiting(storage.journal().end(), publication, NO_QUEUES, NO_ENDS, true));
    }

    /// Appends what the queue has not seen before. A duplicate is as good as appended, once what it repeats is
    /// durable.
    ///
    /// @param batch without duplicates; null when there is nothing else
    /// @return whether the receipt must wait for the journal's end as it is now
    private boolean appendOnce(
            Queue queue, Deduplication deduplication, @Nullable RecordBatch batch, Publication publication) {
        if (!queue.durable()) {
            if (batch != null) {
                appendVolatile(queue, batch, false);
                deduplication.appended();
            }
            return false;
        }
        if (batch != null) {
            appendWithIds(queue, deduplication, batch, publication);
        }
        return isKept(queue, publication);
    }

    /// The messages and their ids are one append: neither is there without the other after a crash.
    private void appendWithIds(Queue queue, Deduplication deduplication, RecordBatch batch, Publication publication) {
        MessageFacts facts = queue.describe(batch);
        if (facts != null) {
            write(queue, facts);
        }
        DuplicateWindow ids = deduplication.passed();
        events.write(new ShardEvent.Seen(queue.log().id(), ids, ids.first(), ids.end()));
        var parts = List.<Append>of(
                new Append.Batch(List.of(queue.log()), batch), new Append.Event(machine, events.take()));
        boolean kept = isKept(queue, publication);
        long base = storage.appendTogether(parts, kept).getFirst()[0];
        long end = base + batch.offsetCount();
        boolean waits = kept || !parked.isEmpty();
        long position = kept ? storage.journal().end() : waits ? parked.lastPosition() : 0;
        deduplication.appended();
        if (facts != null) {
            queue.state().learn(facts);
        }
        queue.appended(base, batch);
        if (!kept) {
            recordTransient(queue, base, end);
        }
        var waiting = new Waiting(position, publication, new Queue[] {queue}, new long[] {end}, false);
        if (waits) {
            parked.add(waiting);
        } else {
            waiting.durable();
        }
    }

    private static void appendVolatile(Queue queue, RecordBatch batch, boolean only) {
        MessageFacts facts = queue.describe(batch);
        if (facts != null) {
            queue.state().learn(facts);
        }
        long base = only ? queue.log().appendOwn(batch) : queue.log().append(batch, false);
        queue.appended(base, batch);
        queue.visible(base + batch.offsetCount());
    }

    private void appendDurable(Publication publication, boolean receipt) {
        RecordBatch batch = publication.batch();
        boolean described = describe(batch);
        boolean kept = isKept(publication);
        long[] ends = appendToLogs(batch, kept);
        var targets = durable.toArray(Queue[]::new);
        if (described) {
            learn();
        }
        for (int i = 0; i < ends.length; i++) {
            targets[i].appended(ends[i], batch);
            ends[i] += batch.offsetCount();
            if (!isKept(targets[i], publication)) {
                recordTransient(targets[i], ends[i] - batch.offsetCount(), ends[i]);
            }
        }
        if (kept) {
            parked.add(new Waiting(storage.journal().end(), publication, targets, ends, receipt));
            return;
        }
        // Nobody is promised that a transient message is durable, but it stays behind those that must be.
        if (parked.isEmpty()) {
            new Waiting(0, publication, targets, ends, receipt).durable();
        } else {
            parked.add(new Waiting(parked.lastPosition(), publication, targets, ends, false));
            if (receipt) {
                publication.accepted();
            }
        }
    }

    /// Writes what the queue must know of a batch that it alone takes next; null when that is nothing.
    @Nullable
    MessageFacts prepare(Queue queue, RecordBatch batch, boolean expiring) {
        noteTimes(queue, expiring && !(queue instanceof StreamQueue));
        MessageFacts facts = queue.describe(batch);
        if (facts != null && queue.durable()) {
            write(queue, facts);
            storage.journal().append(machine, events.take(), false);
        }
        return facts;
    }

    /// Writes what queues must know of the messages. That comes before them, so that a journal that was cut off may
    /// know of messages that are not there, and never lack what it must know of one that is.
    ///
    /// @return whether any queue must
    private boolean describe(RecordBatch batch) {
        descriptions.clear();
        for (int i = 0; i < durable.size(); i++) {
            Queue queue = durable.get(i);
            MessageFacts facts = queue.describe(batch);
            if (facts != null) {
                write(queue, facts);
                descriptions.add(new Description(queue, facts));
            }
        }
        if (descriptions.isEmpty()) {
            return false;
        }
        storage.journal().append(machine, events.take(), false);
        return true;
    }

    private void write(Queue queue, MessageFacts facts) {
        if (facts.runs() != null) {
            events.write(new ShardEvent.Described(queue.log().id(), facts.runs()));
        }
        if (facts.keys() != null) {
            events.write(new ShardEvent.Keyed(queue.log().id(), facts.base(), facts.keys()));
        }
    }

    private record Description(Queue queue, MessageFacts facts) {}

    private void learn() {
        for (int i = 0; i < descriptions.size(); i++) {
            Description description = descriptions.get(i);
            description.queue().state().learn(description.facts());
        }
    }

    /// A stream keeps every message, so that an offset never means another one.
    private static boolean isKept(Queue queue, Publication publication) {
        return publication.persistent() || queue instanceof StreamQueue;
    }

    /// Whether any of the queues keeps what is published.
    private boolean isKept(Publication publication) {
        boolean kept = publication.persistent();
        for (int i = 0; i < durable.size() && !kept; i++) {
            kept = isKept(durable.get(i), publication);
        }
        return kept;
    }

    /// What must be known of time is in the journal before the messages that it concerns.
    private void noteTimes(Queue queue, boolean expiring) {
        boolean firstToExpire = expiring && !queue.state().mayExpire();
        AppendTimes times = queue.state().appendTimes();
        long now = clock.getAsLong();
        boolean noteworthy = times != null && times.isWorthAnEntry(queue.logEnd(), now);
        if (!firstToExpire && !noteworthy) {
            return;
        }
        if (queue.durable()) {
            LogId log = queue.log().id();
            if (firstToExpire) {
                events.write(new ShardEvent.Expiring(log));
            }
            if (noteworthy) {
                events.write(new ShardEvent.Appended(log, queue.logEnd(), now));
            }
            storage.journal().append(machine, events.take(), false);
        }
        if (firstToExpire) {
            queue.expectExpiry();
        }
        if (times != null && noteworthy) {
            times.trimBefore(queue.state().settlements().before());
            times.add(queue.logEnd(), now);
        }
    }

    private void recordTransient(Queue queue, long from, long to) {
        queue.state().transients().addRange(from, to);
        var range = new OffsetRanges();
        range.add(from, to);
        events.write(new ShardEvent.Transient(queue.log().id(), range));
        storage.journal().append(machine, events.take(), false);
    }

    private long[] appendToLogs(RecordBatch batch, boolean sync) {
        if (durable.size() == 1) {
            return new long[] {durable.getFirst().log().append(batch, sync)};
        }
        logs.clear();
        for (int i = 0; i < durable.size(); i++) {
            logs.add(durable.get(i).log());
        }
        return storage.appendAll(List.copyOf(logs), batch, sync);
    }

    /// Waits until what the entry waits for is durable. Where the journal has failed, that may never come.
    void park(ParkedReceipts.Parked entry) {
        if (failure != null && entry.position() > storage.journal().durableEnd()) {
            entry.never(failure);
        } else {
            parked.add(entry);
        }
    }

    /// Nothing parked will ever be durable.
    void refuseParked(BrokerException cause) {
        failure = cause;
        for (var each = parked.poll(); each != null; each = parked.poll()) {
            try {
                each.never(cause);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "what will never be durable could not be told", e);
            }
        }
    }
}
