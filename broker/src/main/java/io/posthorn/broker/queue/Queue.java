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
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Log;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One queue over its log: who may see how much of it, its consumers, and the commands that wait. How messages
/// go out and what becomes of them is its kind's. Confined to the thread of its shard.
///
/// Messages are shown once they are durable: the shard tells by [#visible] how far that is.
public abstract sealed class Queue extends Intake permits StreamQueue, WorkQueue {
    private static final int DELIVERIES_AT_ONCE = 64;

    /// So many times that are offered before a command is done.
    private static final int MOST_OFFERS_FIRST = 16;

    final QueueHandle handle;
    final QueueSpec spec;
    /// Changes with policies; what does not come from them stays.
    QueueSettings settings;

    final Consumers consumers;

    /// Transient messages before this offset did not survive the restart that they are behind.
    private final long recoveredEnd;

    private final boolean durable;
    private final @Nullable Deduplication deduplication;
    private final WaitingCommands waiting = new WaitingCommands(this);
    private @Nullable String paused;

    /// Null for a queue that stays, whoever uses it.
    private @Nullable Disuse disuse;

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
        super(log, state, shard);
        this.handle = handle;
        this.spec = spec;
        this.settings = QueueSettings.of(arguments);
        this.consumers = new Consumers(settings.consumersRule());
        this.durable = durable;
        recoverProducers();
        recoveredEnd = log instanceof CursorLog ? 0 : logEnd;
        deduplication = settings.mostIds() == 0
                ? null
                : new Deduplication(state.seen(), settings.mostIds(), settings.idMillis());
        disuse = Disuse.of(this, settings);
    }

    /// From now on the queue does what these arguments say, its own and what policies make of them; messages that are
    /// in it too.
    public final void reconfigure(Arguments arguments) {
        QueueSettings before = settings;
        settings = QueueSettings.of(arguments);
        if (settings.expires() != before.expires()) {
            disuse = Disuse.of(this, settings);
        }
        forgetIdleProducers();
        reconfigured(before, arguments);
        activate();
    }

    abstract void reconfigured(QueueSettings before, Arguments arguments);

    @Override
    final void activate() {
        shard.activate(this);
    }

    @Override
    final void wakeAt(long millis) {
        shard.wakeAt(this, millis);
    }

    @Override
    final long producerExpiration() {
        return settings.producerExpiration();
    }

    @Override
    final void hasNews() {
        shard.settled(this);
    }

    public final QueueHandle handle() {
        return handle;
    }

    public final boolean durable() {
        return durable;
    }

    /// Everybody who takes messages, in whatever way.
    public int consumerCount() {
        return consumers.size();
    }

    /// The same, where those who take from all parts of a topic are in the first one only: so sums are right.
    int countedConsumers() {
        return handle.partition() == 0 ? consumers.size() : consumers.ofOnePart();
    }

    public abstract long ready();

    abstract long unsettled();

    public final QueueStatus statusNow() {
        return QueueReport.status(this);
    }

    /// @param entry what the queue is in the topology
    public final QueueStatistics statistics(QueueEntry entry) {
        return QueueReport.statistics(this, entry);
    }

    /// Why the queue delivers nothing; null while it may.
    final @Nullable String pausedBecause() {
        return paused;
    }

    /// Messages kept out, because they had come before.
    final long duplicates() {
        return deduplication == null ? 0 : deduplication.duplicates();
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

    /// Keeps messages out that came before; null for a queue that takes everything.
    public final @Nullable Deduplication deduplication() {
        return deduplication;
    }

    /// From now on messages may come that have times of their own.
    public void expectExpiry() {
        state.expectExpiry();
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
            waiting.run();
        }
        more |= deliver(most);
        consumers.declineGrants();
        if (hasMoved() && handle instanceof QueueEntry entry) {
            tellFollowers();
            entry.moved();
        }
        Activity known = activity();
        if (known != null) {
            known.passed(shard.now(), waitsForConsumers());
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
            consumerGone();
            activate();
        }
    }

    /// Somebody takes no more messages.
    final void consumerGone() {
        shard.counters().consumers--;
        used();
        if (spec.autoDelete() && consumerCount() == 0) {
            shard.unused(this);
        }
    }

    /// The consumer's sink can take deliveries again.
    public final void resume(Consumer consumer) {
        consumer.setFull(false);
        if (!consumer.isCancelled()) {
            consumers.offer(consumer);
            activate();
        }
    }

    /// One delivery of what the consumer shares with others is reserved for it, until the next [#dispatch] has ended.
    public final void creditGranted(Consumer consumer) {
        if (consumers.creditGranted(consumer)) {
            activate();
        }
    }

    public final void arrived(Consumer consumer, int count, long bytes) {
        if (consumer.link().arrived(count, bytes)) {
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
                    if (ifUnused && consumerCount() > 0) {
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

    /// Whether a visible message that is not settled waits for a consumer.
    abstract boolean isReady(long offset);

    /// Everything at or after this offset has never been taken.
    abstract long takenEnd();

    final void whenVisible(WaitingCommands.Attempt attempt, Reply<?> reply) {
        waiting.add(attempt, reply);
    }

    /// What has to be before a command looks at the queue.
    final void catchUp() {
        shorten();
        offerFirst();
    }

    /// Whether nothing may be taken before [#touchIsDurable].
    abstract boolean waitsForTouch();

    /// What is visible now and in this state, by offset.
    ///
    /// @param most ready or unsettled ones; a page may have fewer, as only so much is looked through at once
    public final Glance glance(MessageState wanted, long from, int most) {
        return Glance.at(this, wanted, from, most);
    }

    /// @param reason why the queue is to deliver nothing; null lets it go on
    public final void setPaused(@Nullable String reason) {
        paused = reason;
        activate();
    }

    // ---- Time

    /// It is [#wakeAt] or later.
    public void woken() {
        if (disuse != null) {
            disuse.woken();
        }
        forgetIdleProducers();
    }

    /// The queue is used now: `x-expires` counts from here.
    public final void used() {
        if (disuse != null) {
            disuse.used();
        }
    }

    // ---- The end

    /// Refuses every command that waits: what it waits for will never come.
    public void failWaiting(BrokerException cause) {
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
