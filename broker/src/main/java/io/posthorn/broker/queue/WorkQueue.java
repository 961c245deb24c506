package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.log.Log;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A queue whose consumers compete: each message goes to one of them, until somebody settles it. It is a cursor over
/// the log, and the deliveries not yet settled.
public final class WorkQueue extends Queue {
    private final Backlog backlog;
    private final Unsettled unsettled;
    private final Delivering delivering;
    private final Returns returns;
    private final Touch touch;

    /// Null when nobody ever took messages by their offsets.
    private @Nullable Leasing leasing;

    /// Whose log this is a cursor over; null for a queue with a log of its own.
    private @Nullable Intake source;

    /// Of a cursor: whether it shows what is of transactions that are open.
    private Isolation isolation = Isolation.READ_COMMITTED;

    /// Everything before this offset was given away already, whatever becomes of its transactions.
    private long shownEnd;

    public WorkQueue(
            QueueHandle handle,
            QueueSpec spec,
            Arguments arguments,
            boolean durable,
            Log log,
            QueueState state,
            Surroundings shard) {
        super(handle, spec, arguments, durable, log, state, shard);
        forgetTimesNobodyAsks();
        backlog = new Backlog(this);
        returns = new Returns(this, backlog);
        unsettled = new Unsettled(this, backlog, returns);
        touch = new Touch(this);
        delivering = new Delivering(this, backlog, unsettled, returns);
        backlog.begin();
        shownEnd = state.settlements().end();
    }

    /// For a cursor: the log that it is over reaches further, or begins later.
    void follow(Intake partition) {
        source = partition;
        if (partition.logEnd > logEnd) {
            backlog.added(logEnd, partition.logEnd);
            logEnd = partition.logEnd;
        }
        endsAt(partition.highWatermark());
        visibleEnd = isolation == Isolation.READ_COMMITTED
                ? Math.max(shownEnd, partition.visibleEnd)
                : partition.highWatermark();
        long before = state.settlements().before();
        if (partition.start() > before) {
            backlog.beginsAt(before, partition.start());
            if (leasing != null) {
                leasing.beginsAt(partition.start());
            }
            settled(before, partition.start());
        }
        activate();
    }

    /// How much a cursor shows from now on.
    void show(Isolation wanted) {
        Intake partition = source;
        if (partition != null && isolation != wanted) {
            isolation = wanted;
            shownEnd = takenEnd();
            follow(partition);
        }
    }

    @Override
    boolean holdsNothing(RecordBatch batch) {
        return source == null ? super.holdsNothing(batch) : source.holdsNothing(batch);
    }

    @Override
    public Log messages() {
        return source == null ? super.messages() : source.messages();
    }

    // ---- What policies change

    @Override
    void reconfigured(QueueSettings before, Arguments arguments) {
        forgetTimesNobodyAsks();
        backlog.reconfigured(before);
        returns.reconfigured();
        delivering.reconfigured(before);
        if (settings.consumerTimeout() != before.consumerTimeout()) {
            consumers.all().forEach(deadlines()::limit);
        }
    }

    /// What an earlier policy, or one before the restart, made the queue know.
    private void forgetTimesNobodyAsks() {
        if (settings.messageTtl() == Message.NEVER || settings.messageTtl() == 0) {
            state.forgetAppendTimes();
        }
    }

    @Override
    boolean learn(int most) {
        return backlog.learn(most);
    }

    @Override
    public void expectExpiry() {
        super.expectExpiry();
        delivering.expectExpiry();
    }

    @Override
    public long ready() {
        return backlog.ready();
    }

    @Override
    long unsettled() {
        return unsettled.count() + returns.delayed();
    }

    @Override
    boolean waitsForConsumers() {
        return !consumers.isEmpty() && !consumers.anyWelcome() && ready() > 0;
    }

    @Override
    long headTime() {
        AppendTimes times = state.appendTimes();
        long head = times == null ? OffsetSet.NONE : backlog.next();
        return times == null || head == OffsetSet.NONE ? 0 : times.timeOf(head);
    }

    @Override
    public @Nullable MessageFacts describe(RecordBatch batch) {
        return backlog.describe(batch);
    }

    // ---- What came in transactions

    @Override
    public void visible(long end) {
        super.visible(end);
        backlog.settleVoids();
    }

    // ---- Messages go out

    @Override
    boolean deliver(int most) {
        returns.pump();
        if (leasing != null) {
            leasing.serve(isPaused() || isSomebodysOwn(), touch.isDurable());
        }
        return delivering.deliver(most, mayDeliver());
    }

    /// Whether one consumer is to have everything.
    private boolean isSomebodysOwn() {
        return consumers.hasExclusive() || (consumers.isSingleActive() && !consumers.isEmpty());
    }

    private boolean mayDeliver() {
        return touch.isDurable() && !isPaused();
    }

    @Override
    public void letGoOfTail() {
        delivering.letGoOfTail();
        backlog.letGoOfTail();
        returns.letGoOfTail();
    }

    // ---- Deliveries come to an end

    @Override
    public void settle(Holder holder, long from, long to, Outcome outcome) {
        unsettled.settle(holder, from, to, outcome);
        if (outcome.comesBack() && isTooLong()) {
            dropHead();
        }
        if (holder instanceof Consumer consumer) {
            if (outcome.comesBack()) {
                consumer.gaveBack(from, to);
            }
            consumers.settled(consumer);
            activate();
        }
    }

    @Override
    public @Nullable NewReturns newReturns() {
        return returns.unwritten();
    }

    @Override
    public void collectEnded(Holder holder, long from, long to, Outcome outcome, OffsetRanges into) {
        // A dead letter is settled behind its arrival elsewhere.
        if (outcome != Outcome.REJECTED || !returns.keepsDeadLetters()) {
            super.collectEnded(holder, from, to, outcome, into);
        }
    }

    @Override
    public void forwarded(int firstSequence, int lastSequence) {
        returns.forwarded(firstSequence, lastSequence);
        if (leasing != null) {
            leasing.forwarded();
        }
    }

    @Override
    public void notForwarded(int firstSequence, int lastSequence, BrokerException cause) {
        returns.notForwarded(firstSequence, lastSequence, cause);
    }

    /// These have not got where they set out to.
    void notForwarded(OffsetSet offsets, BrokerException cause) {
        if (leasing != null) {
            leasing.notForwarded(offsets, cause);
        }
    }

    // ---- Not too many messages

    @Override
    public void appended(long base, RecordBatch batch) {
        super.appended(base, batch);
        backlog.added(base, logEnd);
    }

    @Override
    boolean isTooLong() {
        return backlog.isTooLong();
    }

    @Override
    void dropHead() {
        while (isTooLong()) {
            long head = backlog.takeHead();
            returns.giveUp(head, head + 1, DeathReason.MAXLEN);
        }
    }

    @Override
    public @Nullable BrokerException refusal(RecordBatch batch) {
        if (!settings.rejectsPublishes()) {
            return null;
        }
        if (!backlog.wouldBeTooLong(mayDeliver() ? consumers.room() : 0, batch)) {
            return null;
        }
        if (settings.overflow() == QueueSettings.Overflow.REJECT_PUBLISH_DLX) {
            returns.refused(batch, DeathReason.MAXLEN);
        }
        return new BrokerException.LimitReached(handle + " is full");
    }

    // ---- Consumers

    @Override
    public void consume(Consumer consumer, Reply<Done> reply) {
        boolean taken = consumers.hasExclusive()
                || (consumer.exclusive() && (!consumers.isEmpty() || consumers.isSingleActive()));
        if (taken) {
            reply.failed(new BrokerException.AccessRefused(handle + " in exclusive use"));
            return;
        }
        touch.begin();
        deadlines().limit(consumer);
        consumers.add(consumer);
        shard.counters().consumers++;
        reply.ok(Done.DONE);
        activate();
    }

    @Override
    public void touchIsDurable() {
        touch.written();
        activate();
    }

    @Override
    boolean waitsForTouch() {
        return touch.isBeingWritten();
    }

    // ---- Those who take messages by their offsets

    @Override
    public int consumerCount() {
        return super.consumerCount() + (leasing == null ? 0 : leasing.lesseeCount());
    }

    @Override
    int countedConsumers() {
        return super.countedConsumers() + (leasing == null ? 0 : leasing.countedLessees());
    }

    /// Whether it is over somebody else's log.
    boolean isCursor() {
        return source != null;
    }

    /// Somebody is about to take messages.
    void touched() {
        touch.begin();
    }

    public Leasing leasing() {
        Leasing known = leasing;
        if (known == null) {
            known = new Leasing(this, backlog, unsettled, delivering, returns);
            leasing = known;
        }
        return known;
    }

    // ---- Commands that see everything before them

    @Override
    void take(Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply) {
        if (consumers.isSingleActive() && settings.replicated()) {
            reply.failed(new BrokerException.ResourceLocked("cannot obtain access to locked " + handle));
            return;
        }
        used();
        touch.begin();
        whenVisible(
                () -> {
                    if (getter.isGone(reply)) {
                        return true;
                    }
                    if (!touch.isDurable()) {
                        return false;
                    }
                    delivering.offeredToNobody();
                    Delivery delivery = delivering.next(getter, autoSettle, true);
                    if (delivery == null && backlog.next() != OffsetSet.NONE) {
                        return false;
                    }
                    if (delivery == null) {
                        count(Counted.GET_EMPTY, 1);
                    }
                    reply.ok(Optional.ofNullable(delivery));
                    return true;
                },
                reply);
    }

    @Override
    public void claim(Getter getter, List<Long> offsets, Reply<List<Long>> reply) {
        used();
        touch.begin();
        whenVisible(
                () -> {
                    if (getter.isGone(reply)) {
                        return true;
                    }
                    if (!touch.isDurable()) {
                        return false;
                    }
                    reply.ok(new Claiming(this, backlog, unsettled).claim(getter, offsets));
                    return true;
                },
                reply);
    }

    @Override
    public void purge(Reply<Long> reply) {
        whenVisible(
                () -> {
                    reply.ok(purging().everything());
                    return true;
                },
                reply);
    }

    /// What is delivered stays with who has it.
    @Override
    public void giveUpBefore(long offset) {
        purging().before(offset);
    }

    private Purging purging() {
        return new Purging(this, backlog);
    }

    @Override
    boolean isReady(long offset) {
        return backlog.isReady(offset);
    }

    @Override
    long takenEnd() {
        return backlog.takenEnd();
    }

    // ---- Time

    @Override
    public void woken() {
        super.woken();
        deadlines().review();
        returns.woken();
        if (leasing != null) {
            leasing.woken();
        }
        delivering.woken();
    }

    private Deadlines deadlines() {
        return new Deadlines(this);
    }

    // ---- The end

    @Override
    public void failWaiting(BrokerException cause) {
        super.failWaiting(cause);
        if (leasing != null) {
            leasing.fail(cause);
        }
    }

    @Override
    public void giveBackEverything() {
        returns.giveBackEverything();
        unsettled.forget();
    }

    @Override
    void letGoOfEverything() {
        if (leasing != null) {
            leasing.close();
        }
        delivering.release();
        returns.release();
        backlog.release();
    }
}
