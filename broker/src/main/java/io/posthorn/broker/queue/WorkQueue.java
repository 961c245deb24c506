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
import io.posthorn.log.Log;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A queue whose consumers compete: each message goes to one of them, until somebody settles it. It is a cursor over
/// the log, and the deliveries not yet settled.
public final class WorkQueue extends Queue {
    private final QueueLength length;
    private final DeliveryOrder order;
    private final QueueReader reader;
    private final Returns returns;
    private final Touch touch;

    /// Null when no message ever expires.
    private @Nullable Expiry expiry;

    /// Null when nobody ever took messages by their offsets.
    private @Nullable Leasing leasing;

    private long unsettled;

    /// Whose log this is a cursor over; null for a queue with a log of its own.
    private @Nullable Intake source;

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
        settleRecoveredVoids();
        length = new QueueLength(this);
        order = DeliveryOrder.of(settings, state, length.messages());
        reader = order instanceof FifoOrder
                ? new ForwardReader(this, order, shard)
                : new ScatteredReader(this, order, shard);
        returns = new Returns(this, order);
        touch = new Touch(this);
        expiry = expiry(null);
        length.begin(order);
    }

    /// For a cursor: the log that it is over reaches further, or begins later.
    void follow(Intake partition) {
        source = partition;
        if (partition.logEnd > logEnd) {
            length.added(logEnd, partition.logEnd);
            logEnd = partition.logEnd;
        }
        endsAt(partition.highWatermark());
        visibleEnd = partition.visibleEnd;
        long before = state.settlements().before();
        if (partition.start() > before) {
            order.skipTo(partition.start());
            settled(before, partition.start());
        }
        activate();
    }

    @Override
    boolean holdsNothing(RecordBatch batch) {
        return source == null ? super.holdsNothing(batch) : source.holdsNothing(batch);
    }

    @Override
    public Log messages() {
        return source == null ? super.messages() : source.messages();
    }

    private @Nullable Expiry expiry(@Nullable Expiry before) {
        if (settings.messageTtl() == Message.NEVER && !state.mayExpire()) {
            return null;
        }
        activate();
        return new Expiry(this, order, reader, before);
    }

    // ---- What policies change

    @Override
    void reconfigured(QueueSettings before, Arguments arguments) {
        forgetTimesNobodyAsks();
        length.reconfigured(before, order);
        returns.reconfigured();
        if (settings.messageTtl() != before.messageTtl()) {
            expiry = expiry(expiry);
            if (state.appendTimes() != null && logEnd > 0) {
                shard.timesKnown(this);
            }
        }
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
        return length.learn(most);
    }

    @Override
    public void expectExpiry() {
        super.expectExpiry();
        if (expiry == null) {
            expiry = expiry(null);
        }
    }

    @Override
    public long ready() {
        return order.ready(visibleEnd);
    }

    @Override
    long unsettled() {
        return unsettled + returns.delayed();
    }

    @Override
    boolean waitsForConsumers() {
        return !consumers.isEmpty() && !consumers.anyWelcome() && ready() > 0;
    }

    @Override
    long headTime() {
        AppendTimes times = state.appendTimes();
        long head = times == null ? OffsetSet.NONE : order.next(visibleEnd);
        return times == null || head == OffsetSet.NONE ? 0 : times.timeOf(head);
    }

    @Override
    public @Nullable MessageFacts describe(RecordBatch batch) {
        boolean needsKeys = settings.fairLimit() > 0;
        boolean looksAtThem = length.messages() != null;
        if (!looksAtThem && !needsKeys) {
            return null;
        }
        long base = logEnd();
        return new MessageFacts(
                base,
                looksAtThem ? MessageRuns.of(base, batch, settings) : null,
                needsKeys ? MessageKeys.of(batch) : null);
    }

    // ---- What came in transactions

    @Override
    public void visible(long end) {
        super.visible(end);
        settleVoids();
    }

    /// What nobody was to get may have become visible before the restart, and not left.
    private void settleRecoveredVoids() {
        Voids voids = state.voids();
        if (voids != null) {
            var gone = new OffsetRanges();
            voids.drainBefore(visibleEnd, gone);
            for (int i = 0; i < gone.size(); i++) {
                settled(gone.from(i), gone.to(i));
            }
        }
    }

    /// What nobody is to get leaves the queue when it becomes visible, before anybody looks.
    private void settleVoids() {
        Voids voids = state.voids();
        if (voids == null || voids.isEmpty()) {
            return;
        }
        var gone = new OffsetRanges();
        voids.drainBefore(visibleEnd, gone);
        for (int i = 0; i < gone.size(); i++) {
            order.voided(gone.from(i), gone.to(i));
            length.taken(gone.from(i), gone.to(i));
            settled(gone.from(i), gone.to(i));
        }
    }

    // ---- Messages go out

    @Override
    boolean deliver(int most) {
        returns.pump();
        if (leasing != null) {
            leasing.serve(isPaused() || isSomebodysOwn(), touch.isDurable());
        }
        if (expiry == null) {
            return mayDeliver() && deliverReady(most);
        }
        // What is over goes first, so that nobody wades through it for a delivery; then what nobody took at once.
        return expiry.sweep(most) || (mayDeliver() ? deliverReady(most) : offeredToNobody()) || expiry.sweep(most);
    }

    /// Whether one consumer is to have everything.
    private boolean isSomebodysOwn() {
        return consumers.hasExclusive() || (consumers.isSingleActive() && !consumers.isEmpty());
    }

    private boolean mayDeliver() {
        return touch.isDurable() && !isPaused();
    }

    private boolean offeredToNobody() {
        if (expiry != null && (consumers.isEmpty() || isPaused())) {
            expiry.offered(visibleEnd);
        }
        return false;
    }

    private boolean deliverReady(int most) {
        for (int i = 0; i < most; i++) {
            Consumer consumer = consumers.poll();
            if (consumer == null) {
                if (expiry != null) {
                    expiry.offered(visibleEnd);
                }
                return false;
            }
            if (!consumer.takeCredit()) {
                continue;
            }
            Delivery delivery = next(consumer, consumer.autoSettle(), false);
            if (delivery == null) {
                consumer.giveBackCredit();
                consumers.giveBackTurn(consumer);
                return false;
            }
            handOver(consumer, delivery);
            consumers.offer(consumer);
        }
        return consumers.anyWelcome();
    }

    /// Takes the next ready message; null when there is none, or it has to be read from disk first.
    @Nullable
    Delivery next(Holder holder, boolean autoSettle, boolean countRemaining) {
        return reader.next(holder, autoSettle, countRemaining);
    }

    /// Whether the time of a message is over.
    ///
    /// @param expiresAt what its publisher gave it
    boolean isOver(long offset, long expiresAt) {
        return expiry != null && expiry.isOver(offset, expiresAt);
    }

    /// A message that was taken did not survive the last restart.
    void lost(long offset) {
        leave(offset, offset + 1);
    }

    /// A message that was taken is over.
    void expire(long offset) {
        returns.giveUp(offset, offset + 1, DeathReason.EXPIRED);
    }

    /// A message that was taken goes out.
    Delivery delivery(long offset, Message message, Holder holder, boolean autoSettle, boolean countRemaining) {
        Redeliveries redeliveries = state.redeliveries();
        boolean redelivered = redeliveries.contains(offset);
        int count = redelivered ? redeliveries.count(offset) : 0;
        shard.counters().delivered++;
        countDelivery(holder, autoSettle, redelivered);
        if (autoSettle) {
            leave(offset, offset + 1);
            shard.counters().settled++;
        } else {
            hold(holder, offset);
        }
        return new Delivery(handle, offset, redelivered, count, message, countRemaining ? ready() : -1);
    }

    private void countDelivery(Holder holder, boolean autoSettle, boolean redelivered) {
        if (holder instanceof Consumer) {
            count(autoSettle ? Counted.DELIVER_NO_ACK : Counted.DELIVER, 1);
        } else {
            count(autoSettle ? Counted.GET_NO_ACK : Counted.GET, 1);
        }
        if (redelivered) {
            count(Counted.REDELIVER, 1);
        }
    }

    void hold(Holder holder, long offset) {
        unsettled++;
        if (holder instanceof Consumer consumer && consumer.took(offset, shard.now())) {
            wakeAt(consumer.deadlineAfter(shard.now()));
        }
        holder.held().add(offset);
    }

    /// There is nothing for anybody in this range, which nobody was shown.
    void skip(long from, long to) {
        order.skipTo(to);
        length.taken(from, to);
    }

    void take(long offset) {
        order.take(offset);
        length.taken(offset, offset + 1);
    }

    @Override
    public void letGoOfTail() {
        reader.letGoOfTail();
        length.letGoOfTail();
        returns.letGoOfTail();
    }

    // ---- Deliveries come to an end

    @Override
    public void settle(Holder holder, long from, long to, Outcome outcome) {
        OffsetSet held = holder.held();
        long start = held.firstFrom(from);
        while (start != OffsetSet.NONE && start < to) {
            long end = Math.min(held.firstAbsentFrom(start), to);
            drop(holder, start, end);
            switch (outcome) {
                case ACCEPTED -> {
                    shard.counters().settled += end - start;
                    count(Counted.ACK, end - start);
                    leave(start, end);
                }
                case REJECTED -> {
                    shard.counters().settled += end - start;
                    returns.giveUp(start, end, DeathReason.REJECTED);
                }
                case RELEASED, FAILED -> returns.giveBack(start, end, outcome, holder.mostReturns());
            }
            start = held.firstFrom(end);
        }
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

    /// Of a range that the holder holds, it holds nothing any more.
    void drop(Holder holder, long from, long to) {
        holder.held().removeRange(from, to);
        unsettled -= to - from;
        holder.freed(to - from);
        holder.ended(from, to);
    }

    @Override
    public @Nullable NewReturns newReturns() {
        return returns.unwritten();
    }

    /// Messages that were taken are ready again.
    void cameBack(long from, long to) {
        length.added(from, to);
    }

    /// Messages that were ready wait for something.
    void withheld(long from, long to) {
        length.taken(from, to);
    }

    /// Messages that were taken are done with.
    void leave(long from, long to) {
        order.left(from, to);
        settled(from, to);
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
    }

    @Override
    public void notForwarded(int firstSequence, int lastSequence, BrokerException cause) {
        returns.notForwarded(firstSequence, lastSequence, cause);
    }

    // ---- Not too many messages

    @Override
    public void appended(long base, RecordBatch batch) {
        super.appended(base, batch);
        length.added(base, logEnd);
    }

    @Override
    boolean isTooLong() {
        return length.isExceeded();
    }

    @Override
    void dropHead() {
        while (isTooLong()) {
            long head = order.head(visibleEnd);
            take(head);
            returns.giveUp(head, head + 1, DeathReason.MAXLEN);
        }
    }

    @Override
    public @Nullable BrokerException refusal(RecordBatch batch) {
        if (!settings.rejectsPublishes()) {
            return null;
        }
        long waiting = ready() + logEnd - visibleEnd;
        long room = touch.isDurable() && !isPaused() ? consumers.room() : 0;
        if (!length.wouldBeExceeded(waiting, room, batch)) {
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
            known = new Leasing(this, order, returns);
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
                    if (!touch.isDurable()) {
                        return false;
                    }
                    offeredToNobody();
                    Delivery delivery = next(getter, autoSettle, true);
                    if (delivery == null && order.next(visibleEnd) != OffsetSet.NONE) {
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
                    if (!touch.isDurable()) {
                        return false;
                    }
                    reply.ok(new Claiming(this, order, length).claim(getter, offsets));
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
        return new Purging(this, order, length);
    }

    @Override
    boolean isReady(long offset) {
        return order.isReady(offset);
    }

    @Override
    long takenEnd() {
        return order.cursor();
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
        if (expiry != null) {
            activate();
        }
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
        unsettled = 0;
    }

    @Override
    void letGoOfEverything() {
        if (leasing != null) {
            leasing.close();
        }
        reader.release();
        returns.release();
        length.release();
    }
}
