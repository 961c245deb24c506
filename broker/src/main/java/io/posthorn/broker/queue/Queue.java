package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One queue over its log: who may see how much of it, its consumers, and the commands that wait. How messages
/// go out and what becomes of them is its kind's. Confined to the thread of its shard.
///
/// Messages are shown once they are durable: the shard tells by [#visible] how far that is.
public abstract sealed class Queue extends Extent permits StreamQueue, WorkQueue {
    private static final int DELIVERIES_AT_ONCE = 64;

    /// So many times that are offered before a command is done.
    private static final int MOST_OFFERS_FIRST = 16;

    /// So many offsets are looked through at once for those in one state.
    private static final int MOST_LOOKED_THROUGH = 100_000;

    final QueueHandle handle;
    final QueueSpec spec;
    /// Changes with policies; what does not come from them stays.
    QueueSettings settings;

    final QueueState state;
    final Surroundings shard;
    final Consumers consumers;

    /// Everything before this offset may be delivered: it is durable, and of no transaction that is open.
    long visibleEnd;

    long logEnd;

    /// Transient messages before this offset did not survive the restart that they are behind.
    private final long recoveredEnd;

    private final boolean durable;
    private final OffsetRanges newlySettled = new OffsetRanges();
    private final @Nullable Deduplication deduplication;
    private final WaitingCommands waiting = new WaitingCommands();
    private final Trimming trimming;
    private @Nullable String paused;

    /// Cursors over this log; null for none.
    private @Nullable List<WorkQueue> followers;

    /// Null until somebody reads.
    private @Nullable OpenedLog opened;

    /// Consumers for whom a shared credit is reserved, in this pass.
    private @Nullable List<Consumer> granted;

    /// Null as long as nothing has happened here.
    private @Nullable Activity activity;

    /// When the queue was last used, as far as `x-expires` goes.
    private long usedAt;

    /// Whether the shard has this queue on its lists for the running pass.
    public boolean active;

    public boolean dirty;

    /// When the shard is to call [#woken]; its own note.
    public long wakeAt = Message.NEVER;

    /// @param arguments those of the queue, and what policies make of them
    /// @param state what was recovered of the queue, or a new one
    Queue(
            QueueHandle handle,
            QueueSpec spec,
            Arguments arguments,
            boolean durable,
            Log log,
            QueueState state,
            Surroundings shard) {
        super(log);
        this.handle = handle;
        this.spec = spec;
        this.settings = QueueSettings.of(arguments);
        this.consumers = new Consumers(settings.consumersRule());
        this.durable = durable;
        this.state = state;
        this.shard = shard;
        LogBounds bounds = log.bounds();
        state.settlements().advance(bounds.start());
        state.dropTransients();
        logEnd = bounds.end();
        visibleEnd = bounds.end();
        startsAt(state.settlements().before());
        endsAt(bounds.end());
        recoverProducers();
        recoveredEnd = log instanceof CursorLog ? 0 : bounds.end();
        trimming = new Trimming(log, bounds.start());
        deduplication = settings.mostIds() == 0
                ? null
                : new Deduplication(state.seen(), settings.mostIds(), settings.idMillis());
        used();
    }

    private void recoverProducers() {
        Producers known = state.producers();
        if (known != null) {
            known.recovered(logEnd, start(), shard.now());
            publish(known);
            visibleEnd = stableEnd();
            forgetIdleProducers();
        }
    }

    /// From now on the queue does what these arguments say, its own and what policies make of them; messages that are
    /// in it too.
    public final void reconfigure(Arguments arguments) {
        QueueSettings before = settings;
        settings = QueueSettings.of(arguments);
        if (settings.expires() != before.expires()) {
            used();
        }
        reconfigured(before, arguments);
        shard.activate(this);
    }

    abstract void reconfigured(QueueSettings before, Arguments arguments);

    public final QueueHandle handle() {
        return handle;
    }

    public final boolean durable() {
        return durable;
    }

    public final Log log() {
        return log;
    }

    /// The log as those see it who take its messages one by one.
    public Log messages() {
        OpenedLog known = opened;
        if (known == null) {
            known = new OpenedLog(log, this, shard.opener());
            opened = known;
        }
        return known;
    }

    public final QueueState state() {
        return state;
    }

    public final int consumerCount() {
        return consumers.size();
    }

    public abstract long ready();

    abstract long unsettled();

    public final QueueStatus statusNow() {
        return new QueueStatus(
                spec.name(),
                spec.durable(),
                spec.exclusive(),
                spec.autoDelete(),
                ready(),
                unsettled(),
                consumerCount(),
                deduplication == null ? 0 : deduplication.duplicates(),
                paused,
                spec.type());
    }

    // ---- What is counted

    final void count(Counted what, long more) {
        activity().tally.add(what, more);
        shard.counters().tally.add(what, more);
    }

    private Activity activity() {
        Activity known = activity;
        if (known == null) {
            known = new Activity();
            known.usedAt = shard.now();
            activity = known;
        }
        return known;
    }

    /// @param entry what the queue is in the topology
    public final QueueStatistics statistics(QueueEntry entry) {
        Activity known = activity;
        Consumer active = consumers.active();
        return new QueueStatistics(
                entry,
                true,
                ready(),
                unsettled(),
                consumerCount(),
                known == null ? Counts.NONE : known.tally.now(),
                trimming.averageBytes(),
                headTime(),
                known == null ? 0 : known.usedAt,
                active == null ? null : active.tag(),
                known == null ? 0 : known.waitedMillis(shard.now()),
                !consumers.isEmpty() && !isPaused() && !waitsForConsumers(),
                deduplication == null ? 0 : deduplication.duplicates(),
                paused);
    }

    /// When the message that is ready first came in; 0 where that is not kept.
    long headTime() {
        return 0;
    }

    /// Whether messages are ready that none of the consumers can take now.
    boolean waitsForConsumers() {
        return false;
    }

    // ---- Messages come in

    /// What the queue must know of the messages in a batch that its log takes next; null for nothing.
    public @Nullable MessageFacts describe(RecordBatch batch) {
        return null;
    }

    /// The offset that the next message gets.
    public final long logEnd() {
        return logEnd;
    }

    /// Keeps messages out that came before; null for a queue that takes everything.
    public final @Nullable Deduplication deduplication() {
        return deduplication;
    }

    /// From now on messages may come that have times of their own.
    public void expectExpiry() {
        state.expectExpiry();
    }

    /// The log has taken a batch, at this offset; it is to be shown later.
    public void appended(long base, RecordBatch batch) {
        logEnd = base + batch.offsetCount();
        trimming.appended(batch);
        count(Counted.PUBLISH, batch.count());
        tellFollowers();
    }

    /// The offset that a batch was given when it came before; [Producers#NEW] when it has not.
    ///
    /// @throws BrokerException.ProducerRefused when it may not be appended
    public final long offsetOfDuplicate(RecordBatch batch, AppendRule.Origin origin) {
        Producers known = state.producers();
        return known == null ? Producers.NEW : known.offsetOfDuplicate(batch, origin);
    }

    /// What the log has taken at this offset was numbered by its producer.
    public void numbered(long base, RecordBatch batch) {
        boolean isFirst = state.producers() == null;
        state.numbered(base, batch, shard.now());
        publish(state.expectProducers());
        if (isFirst) {
            forgetIdleProducers();
        }
    }

    /// The first offset that is kept, as it is in this moment.
    public final long firstKept() {
        startsAt(state.settlements().before());
        return start();
    }

    public final List<ProducerStatus> producerStatus() {
        Producers known = state.producers();
        return known == null ? List.of() : known.status();
    }

    private void forgetIdleProducers() {
        Producers known = state.producers();
        long next = known == null ? Message.NEVER : known.expire(shard.now());
        if (next != Message.NEVER) {
            shard.wakeAt(this, next);
        }
    }

    /// Everything before `end` is durable, and may be shown unless it is of a transaction that is open.
    public void visible(long end) {
        endsAt(end);
        visibleEnd = stableEnd();
        tellFollowers();
        shard.activate(this);
    }

    /// From now on this cursor hears how far the log reaches.
    public final void followedBy(WorkQueue cursor) {
        if (followers == null) {
            followers = new ArrayList<>(1);
        }
        followers.add(cursor);
        cursor.follow(this);
    }

    public final void noLongerFollowedBy(WorkQueue cursor) {
        if (followers != null) {
            followers.remove(cursor);
        }
    }

    /// Whether there is nothing for anybody in a batch that is before what is visible.
    boolean holdsNothing(RecordBatch batch) {
        return isVoid(batch);
    }

    private void tellFollowers() {
        List<WorkQueue> cursors = followers;
        if (cursors != null) {
            for (int i = 0; i < cursors.size(); i++) {
                cursors.get(i).follow(this);
            }
        }
    }

    @Override
    public final String toString() {
        return handle.toString();
    }

    // ---- Messages go out

    /// Delivers what is ready to who can take it.
    ///
    /// @param most how many messages, so that no queue starves the others
    /// @return whether there may be more to do at once
    public final boolean dispatch(int most) {
        boolean more = learn(most);
        shorten();
        if (!waiting.isEmpty()) {
            offerFirst();
            waiting.run(highWatermark());
        }
        more |= deliver(most);
        declineGrants();
        if (hasMoved() && handle instanceof QueueEntry entry) {
            tellFollowers();
            entry.moved();
        }
        if (activity != null) {
            activity.passed(shard.now(), waitsForConsumers());
        }
        return more;
    }

    /// Looks at messages of which the queue has to know more than it does.
    ///
    /// @return whether there may be more to do at once
    boolean learn(int most) {
        return false;
    }

    /// What is too much leaves the queue before any command looks at it; but what consumers take at once never was
    /// too much.
    private void shorten() {
        while (isTooLong() && !isPaused() && deliver(DELIVERIES_AT_ONCE)) {
            // There may be more to deliver.
        }
        if (isTooLong()) {
            dropHead();
        }
    }

    /// Who consumes was there before any command, and gets what there is; within reason, as the command waits.
    private void offerFirst() {
        for (int i = 0; i < MOST_OFFERS_FIRST && !consumers.isEmpty() && deliver(DELIVERIES_AT_ONCE); i++) {
            // There may be more to deliver.
        }
    }

    final boolean isPaused() {
        return paused != null;
    }

    /// Whether more is ready than may be.
    boolean isTooLong() {
        return false;
    }

    /// Gives up from the head what is too much.
    void dropHead() {}

    /// Why the queue does not take these messages; null when it does.
    public @Nullable BrokerException refusal(RecordBatch batch) {
        return null;
    }

    abstract boolean deliver(int most);

    final void handOver(Consumer consumer, Delivery delivery) {
        if (!consumer.link().deliver(delivery)) {
            consumer.setFull(true);
        }
        if (!consumer.unflushed) {
            consumer.unflushed = true;
            shard.flushLater(consumer);
        }
    }

    /// Called at the end of a pass: slow consumers must not pin the memory of the journal's tail.
    public abstract void letGoOfTail();

    public final void loaded(RecordReader reader, LogSlice read) {
        reader.loaded(read);
        shard.activate(this);
    }

    /// What was to be read has been trimmed meanwhile.
    public final void trimmedBeforeLoaded(RecordReader reader) {
        reader.trimmedBeforeLoaded();
        shard.activate(this);
    }

    public final void damaged(RecordReader reader, LogException.Damaged damage) {
        reader.damaged(damage);
        shard.activate(this);
    }

    public final void loaded(ScatteredRead read) {
        read.done();
        shard.activate(this);
    }

    /// A compaction that was asked for has ended.
    ///
    /// @param end everything before it is compacted; -1 when it failed
    public void compacted(long end) {
        // Most queues ask for none.
    }

    // ---- Deliveries come to an end

    /// Settles those of a range that the holder holds; others were never its, or are settled already.
    public abstract void settle(Holder holder, long from, long to, Outcome outcome);

    /// Whether a restart has taken this message from the queue, which its log still has.
    final boolean isLost(long offset, Message message) {
        return offset < recoveredEnd && !message.persistent();
    }

    /// Messages given to [Surroundings#forwards] are in the queues they were to go to.
    public abstract void forwarded(int firstSequence, int lastSequence);

    /// They are not in all of them, and are to be sent again.
    public abstract void notForwarded(int firstSequence, int lastSequence, BrokerException cause);

    /// Adds what [#settle] would settle of this at once, for those who make it durable before.
    public void collectEnded(Holder holder, long from, long to, Outcome outcome, OffsetRanges into) {
        if (!outcome.comesBack()) {
            holder.collect(from, to, into);
        }
    }

    /// Gives back everything that the holder holds.
    ///
    /// @param outcome one that [Outcome#comesBack]
    public final void release(Holder holder, Outcome outcome) {
        settle(holder, 0, Long.MAX_VALUE, outcome);
    }

    final void settled(long from, long to) {
        state.settle(from, to);
        if (newlySettled.isEmpty()) {
            shard.settled(this);
        }
        newlySettled.add(from, to);
    }

    /// What was settled since [#recordSettled] last ended.
    public final OffsetRanges newlySettled() {
        return newlySettled;
    }

    /// What came back since [#recordSettled] last ended; null where the journal is not told.
    public @Nullable NewReturns newReturns() {
        return null;
    }

    /// What is new will not be written.
    public final void forgetNews() {
        newlySettled.clear();
        NewReturns returns = newReturns();
        if (returns != null) {
            returns.clear();
        }
    }

    /// What was newly settled is written; what is settled from the start on can be given up by the log.
    public final void recordSettled() {
        forgetNews();
        startsAt(state.settlements().before());
        trimming.settled(start());
    }

    /// Gives up what is settled from the start on.
    public final void trim() {
        trimming.trim(state.settlements().before());
    }

    // ---- Consumers

    public abstract void consume(Consumer consumer, Reply<Done> reply);

    /// As [#cancel], once the consumer has been offered what was published before.
    public final void cancel(Consumer consumer, Reply<Done> reply) {
        whenVisible(
                () -> {
                    cancel(consumer);
                    reply.ok(Done.DONE);
                    return true;
                },
                reply);
    }

    /// No more deliveries to this consumer; what it holds it may still settle.
    public final void cancel(Consumer consumer) {
        consumer.cancel();
        boolean removed = consumers.remove(consumer);
        if (removed) {
            shard.counters().consumers--;
            used();
            if (spec.autoDelete() && consumers.isEmpty()) {
                shard.unused(this);
            }
            shard.activate(this);
        }
    }

    /// The consumer's sink can take deliveries again.
    public final void resume(Consumer consumer) {
        consumer.setFull(false);
        if (!consumer.isCancelled()) {
            consumers.offer(consumer);
            shard.activate(this);
        }
    }

    /// One delivery of what the consumer shares with others is reserved for it, until the next [#dispatch] has ended.
    public final void creditGranted(Consumer consumer) {
        consumer.creditGranted();
        if (consumer.isCancelled()) {
            consumer.declineCredit();
            return;
        }
        if (granted == null) {
            granted = new ArrayList<>(1);
        }
        granted.add(consumer);
        consumers.offer(consumer);
        shard.activate(this);
    }

    // What nobody took is for the other queues of the channel.
    private void declineGrants() {
        List<Consumer> left = granted;
        granted = null;
        if (left != null) {
            left.forEach(Consumer::declineCredit);
        }
    }

    public final void arrived(Consumer consumer, int count) {
        if (consumer.link().arrived(count)) {
            resume(consumer);
        }
    }

    /// That somebody may take messages is durable, so they may.
    public abstract void touchIsDurable();

    // ---- Commands that see everything before them

    public final void get(Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply) {
        if (paused == null) {
            take(getter, autoSettle, reply);
            return;
        }
        used();
        whenVisible(
                () -> {
                    reply.ok(Optional.empty());
                    return true;
                },
                reply);
    }

    /// Takes the next message, or none, for one who asked for it.
    abstract void take(Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply);

    /// Takes those of these messages that are ready, wherever they lie; answers with their offsets. Paused or not: it
    /// is an operator who asks.
    public abstract void claim(Getter getter, List<Long> offsets, Reply<List<Long>> reply);

    public abstract void purge(Reply<Long> reply);

    public final void status(Reply<QueueStatus> reply) {
        whenVisible(
                () -> {
                    reply.ok(statusNow());
                    return true;
                },
                reply);
    }

    /// Answers with the number of ready messages if the queue may be deleted.
    public final void checkDelete(boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
        whenVisible(
                () -> {
                    if (ifUnused && !consumers.isEmpty()) {
                        reply.failed(new BrokerException.PreconditionFailed(handle + " in use"));
                    } else if (ifEmpty && ready() > 0) {
                        reply.failed(new BrokerException.PreconditionFailed(handle + " not empty"));
                    } else {
                        reply.ok(ready());
                    }
                    return true;
                },
                reply);
    }

    /// What is visible now and in this state, by offset.
    ///
    /// @param most ready or unsettled ones; a page may have fewer, as only so much is looked through at once
    public final Glance glance(MessageState wanted, long from, int most) {
        var seen = new ArrayList<Glance.Seen>();
        OffsetSet settled = state.settlements().above();
        long end = wanted == MessageState.READY ? visibleEnd : takenEnd();
        long offset = Math.max(from, state.settlements().before());
        for (int i = 0; i < MOST_LOOKED_THROUGH && seen.size() < most; i++) {
            offset = settled.isEmpty() ? offset : settled.firstAbsentFrom(offset);
            if (offset >= end) {
                return new Glance(seen, offset, true);
            }
            if (isReady(offset) == (wanted == MessageState.READY)) {
                var redeliveries = state.redeliveries();
                seen.add(new Glance.Seen(offset, redeliveries.contains(offset), redeliveries.count(offset)));
            }
            offset++;
        }
        return new Glance(seen, offset, offset >= end);
    }

    /// Whether a visible message that is not settled waits for a consumer.
    abstract boolean isReady(long offset);

    /// Everything at or after this offset has never been taken.
    abstract long takenEnd();

    final void whenVisible(WaitingCommands.Attempt attempt, Reply<?> reply) {
        if (waiting.isEmpty() && logEnd <= highWatermark()) {
            shorten();
            offerFirst();
            if (attempt.run()) {
                return;
            }
        }
        BrokerException never = shard.neverDurable();
        if (never != null && (logEnd > highWatermark() || waitsForTouch())) {
            reply.failed(never);
            return;
        }
        waiting.add(logEnd, attempt, reply);
    }

    /// Whether nothing may be taken before [#touchIsDurable].
    abstract boolean waitsForTouch();

    /// @param reason why the queue is to deliver nothing; null lets it go on
    public final void setPaused(@Nullable String reason) {
        paused = reason;
        shard.activate(this);
    }

    // ---- Time

    /// It is [#wakeAt] or later.
    public void woken() {
        if (settings.expires() != Message.NEVER) {
            expireIfUnused();
        }
        forgetIdleProducers();
    }

    /// The queue is used now: `x-expires` counts from here.
    public final void used() {
        if (settings.expires() != Message.NEVER) {
            usedAt = shard.now();
            shard.wakeAt(this, usedAt + settings.expires());
        }
    }

    private void expireIfUnused() {
        long expiresAt = usedAt + settings.expires();
        if (!consumers.isEmpty()) {
            return;
        }
        if (shard.now() < expiresAt) {
            shard.wakeAt(this, expiresAt);
        } else {
            shard.unused(this);
        }
    }

    // ---- The end

    /// Refuses every command that waits: what it waits for will never come.
    public final void failWaiting(BrokerException cause) {
        waiting.fail(cause);
    }

    /// A clean stop: what is held now comes back, and is known to have been delivered.
    public abstract void giveBackEverything();

    /// Ends everything about the queue: its consumers are told, what was read is let go of.
    public final void close(BrokerException cause) {
        failWaiting(cause);
        List<Consumer> last = new ArrayList<>(consumers.all());
        for (Consumer consumer : last) {
            cancel(consumer);
            consumer.link().cancelled();
        }
        letGoOfEverything();
    }

    /// Lets go of everything that was read.
    abstract void letGoOfEverything();

    static void release(@Nullable RecordReader reader) {
        if (reader != null) {
            reader.release();
        }
    }
}
