package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.log.RecordBatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What becomes of a queue's messages that were taken and are not done with: they come back, to their place among
/// the ready, or the queue gives them up, to where its dead letters go.
final class Returns {
    private final WorkQueue queue;
    private final Backlog backlog;
    private final Surroundings shard;
    private final Redeliveries redeliveries;

    /// How often a message may come back.
    private long most;

    /// Null when what comes back is ready at once.
    private @Nullable RetryDelay delay;

    /// What came back and waits.
    private final DelayedRetries delayed;

    /// Null when the journal is not told what comes back.
    private final @Nullable NewReturns unwritten;

    /// What the queue has given up and is on its way; null when that never was anything.
    private @Nullable Forwarding forwarding;

    /// Where what the group of a cursor gives up goes; null for nowhere.
    private @Nullable DeadLetterTopic deadLetterTopic;

    /// Whether what the queue gives up now sets out, and is not dropped.
    private boolean keepsDeadLetters;

    Returns(WorkQueue queue, Backlog backlog) {
        this.queue = queue;
        this.backlog = backlog;
        shard = queue.shard;
        redeliveries = queue.state.redeliveries();
        delayed = queue.state.retries();
        // Who declares a quorum queue wants deliveries counted, and that for ever; so do those who share a topic.
        unwritten = queue.settings.replicated() || queue.log() instanceof CursorLog ? new NewReturns() : null;
        reconfigured();
        waitOn();
    }

    /// What waited before a restart waits on. Of what is over meanwhile it may not be known what became of it.
    private void waitOn() {
        delayed.forgetUntil(shard.now());
        if (delayed.size() == 0) {
            return;
        }
        var known = new OffsetSet();
        delayed.refine((due, from, to, kept) -> {
            long end = Math.min(to, queue.visibleEnd);
            for (long offset = from; offset < end; offset++) {
                if (!queue.state.settlements().isSettled(offset) && !known.contains(offset)) {
                    known.add(offset);
                    kept.add(due, offset, offset + 1);
                }
            }
        });
        for (long from = known.first(); from != OffsetSet.NONE; ) {
            long to = known.firstAbsentFrom(from);
            backlog.withhold(from, to);
            from = known.firstFrom(to);
        }
        shard.wakeAt(queue, delayed.firstDue());
    }

    /// The queue's settings are new, or others than before. What has set out is on its way still, and goes where all
    /// goes now.
    void reconfigured() {
        QueueSettings settings = queue.settings;
        most = settings.deliveryLimit();
        delay = settings.retryDelay();
        Forwarding.Letters letters = letters(settings);
        keepsDeadLetters = letters != null;
        if (letters != null) {
            sendDeadLettersTo(letters);
        }
    }

    /// What is given up goes to a group's own topic from now on, or not any more.
    void sendDeadLettersTo(@Nullable DeadLetterTopic wanted) {
        if (!Objects.equals(wanted, deadLetterTopic)) {
            deadLetterTopic = wanted;
            reconfigured();
        }
    }

    private Forwarding.@Nullable Letters letters(QueueSettings settings) {
        DeadLetterTopic topic = deadLetterTopic;
        if (topic != null) {
            return new GroupDeadLetters(queue.handle, topic, redeliveries, shard);
        }
        String exchange = settings.deadLetterExchange();
        return exchange == null
                ? null
                : new DeadLetters(queue.handle.name(), exchange, settings.deadLetterRoutingKey(), shard);
    }

    private void sendDeadLettersTo(Forwarding.Letters letters) {
        if (forwarding == null) {
            forwarding = new Forwarding(queue, letters, queue.shard);
        } else {
            forwarding.changeTo(letters);
        }
    }

    // ---- Back into the queue

    /// Messages that were delivered come back.
    ///
    /// @param holderLimit how often they may, as far as their holder goes
    void giveBack(long from, long to, Outcome outcome, int holderLimit) {
        shard.counters().returned += to - from;
        redeliveries.add(from, to);
        if (unwritten != null) {
            byCount(from, to, unwritten::cameBack);
            shard.settled(queue);
        }
        long limit = Math.min(most, holderLimit);
        if (limit < Redeliveries.MOST) {
            giveBackWithin(limit, from, to, outcome);
        } else {
            comeBack(from, to, outcome);
        }
        shard.activate(queue);
    }

    /// What came back more often than it may does not become ready again.
    private void giveBackWithin(long limit, long from, long to, Outcome outcome) {
        long start = from;
        for (long offset = from; offset < to; offset++) {
            if (redeliveries.count(offset) > limit) {
                comeBack(start, offset, outcome);
                giveUp(offset, offset + 1, DeathReason.DELIVERY_LIMIT);
                start = offset + 1;
            }
        }
        comeBack(start, to, outcome);
    }

    private void comeBack(long from, long to, Outcome outcome) {
        RetryDelay wanted = delay;
        if (wanted != null && wanted.isFor(outcome)) {
            byCount(from, to, (count, start, end) -> delay(shard.now() + wanted.millis(count), start, end));
            shard.wakeAt(queue, delayed.firstDue());
        } else {
            makeReady(from, to);
        }
    }

    private void delay(long due, long from, long to) {
        delayed.add(due, from, to);
        if (unwritten != null) {
            unwritten.waits(due, from, to);
        }
    }

    /// A range of messages that came back equally often.
    private interface EquallyOften {
        void range(int count, long from, long to);
    }

    private void byCount(long from, long to, EquallyOften each) {
        long start = from;
        while (start < to) {
            int count = redeliveries.count(start);
            long end = start + 1;
            while (end < to && redeliveries.count(end) == count) {
                end++;
            }
            each.range(count, start, end);
            start = end;
        }
    }

    /// What came back since this was cleared; null where nobody is told.
    @Nullable
    NewReturns unwritten() {
        return unwritten;
    }

    /// How many messages wait until they are ready again.
    long delayed() {
        return delayed.count();
    }

    /// What is taken now comes back, whoever has it; what waits has come back already.
    void giveBackEverything() {
        endDelays(Message.NEVER);
        OffsetSet settled = queue.state.settlements().above();
        long from = settled.firstAbsentFrom(queue.state.settlements().before());
        while (from < backlog.takenEnd()) {
            long next = settled.firstFrom(from);
            long to = next == OffsetSet.NONE ? backlog.takenEnd() : Math.min(next, backlog.takenEnd());
            backlog.giveBackTaken(from, to);
            from = settled.firstAbsentFrom(to);
        }
    }

    private void endDelays(long before) {
        while (delayed.firstDue() < before) {
            makeReady(delayed.firstFrom(), delayed.firstTo());
            delayed.removeFirst();
        }
    }

    /// Messages that were taken and shown to nobody are ready again.
    void giveBackUnseen(long from, long to) {
        makeReady(from, to);
        shard.activate(queue);
    }

    private void makeReady(long from, long to) {
        if (from < to) {
            backlog.comeBack(from, to);
        }
    }

    // ---- Out of the queue

    /// Messages that were taken leave the queue, to where its dead letters go.
    void giveUp(long from, long to, DeathReason reason) {
        Forwarding out = deadLetters();
        queue.count(out == null ? dropped(reason) : deadLettered(reason), to - from);
        if (out == null) {
            backlog.leave(from, to);
        } else {
            backlog.setOut(from, to);
            out.add(from, to, reason.code());
        }
    }

    /// Messages that did not come in go where dead letters do.
    void refused(RecordBatch batch, DeathReason reason) {
        Forwarding out = deadLetters();
        if (out != null) {
            queue.count(deadLettered(reason), batch.count());
            out.addRefused(batch, reason.code());
        }
    }

    private @Nullable Forwarding deadLetters() {
        return keepsDeadLetters ? forwarding : null;
    }

    private static Counted deadLettered(DeathReason reason) {
        return switch (reason) {
            case REJECTED -> Counted.DEAD_LETTERED_REJECTED;
            case EXPIRED -> Counted.DEAD_LETTERED_EXPIRED;
            case MAXLEN -> Counted.DEAD_LETTERED_MAXLEN;
            case DELIVERY_LIMIT -> Counted.DEAD_LETTERED_DELIVERY_LIMIT;
        };
    }

    private static Counted dropped(DeathReason reason) {
        return switch (reason) {
            case REJECTED -> Counted.DROPPED_REJECTED;
            case EXPIRED -> Counted.DROPPED_EXPIRED;
            case MAXLEN -> Counted.DROPPED_MAXLEN;
            case DELIVERY_LIMIT -> Counted.DROPPED_DELIVERY_LIMIT;
        };
    }

    /// Whether a message that is given up stays until it has arrived elsewhere.
    boolean keepsDeadLetters() {
        return keepsDeadLetters;
    }

    void pump() {
        if (forwarding != null) {
            forwarding.pump();
        }
    }

    void forwarded(int firstSequence, int lastSequence) {
        if (forwarding != null) {
            forwarding.forwarded(firstSequence, lastSequence);
        }
    }

    void notForwarded(int firstSequence, int lastSequence, BrokerException cause) {
        if (forwarding != null) {
            forwarding.notForwarded(firstSequence, lastSequence, cause);
        }
    }

    void woken() {
        if (delayed.count() > 0) {
            endDelays(shard.now() + 1);
            shard.wakeAt(queue, delayed.firstDue());
            shard.activate(queue);
        }
        if (forwarding != null) {
            forwarding.woken();
        }
    }

    void letGoOfTail() {
        if (forwarding != null) {
            forwarding.letGoOfTail();
        }
    }

    void release() {
        if (forwarding != null) {
            forwarding.release();
        }
    }
}
