package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The side of a queue where messages come in: what its log takes and gives up again, who numbers it, how much of it
/// may be shown, and which cursors follow it. Confined to the thread of its shard.
abstract class Intake extends Extent {
    final QueueState state;
    final Surroundings shard;

    /// Everything before this offset may be delivered: it is durable, and of no transaction that is open.
    long visibleEnd;

    long logEnd;

    private final Trimming trimming;
    private final OffsetRanges newlySettled = new OffsetRanges();

    /// Cursors over this log; null for none.
    private @Nullable List<WorkQueue> followers;

    /// Null until somebody reads.
    private @Nullable OpenedLog opened;

    /// Null as long as nothing has happened here.
    private @Nullable Activity activity;

    /// @param state what was recovered of the queue, or a new one
    Intake(Log log, QueueState state, Surroundings shard) {
        super(log);
        this.state = state;
        this.shard = shard;
        LogBounds bounds = log.bounds();
        state.settlements().advance(bounds.start());
        state.dropTransients();
        logEnd = bounds.end();
        visibleEnd = bounds.end();
        startsAt(state.settlements().before());
        endsAt(bounds.end());
        trimming = new Trimming(log, bounds.start());
    }

    /// Called when the whole queue is there.
    final void recoverProducers() {
        Producers known = state.producers();
        if (known != null) {
            known.recovered(logEnd, start(), shard.now());
            publish(known);
            visibleEnd = stableEnd();
            forgetIdleProducers();
        }
    }

    /// There may be something to dispatch.
    abstract void activate();

    /// The queue is to be woken at that time.
    abstract void wakeAt(long millis);

    /// How long a producer is remembered that appends nothing; milliseconds.
    abstract long producerExpiration();

    /// Something was settled that is to be written.
    abstract void hasNews();

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

    /// The offset that the next message gets.
    public final long logEnd() {
        return logEnd;
    }

    // ---- Messages come in

    /// The log has taken a batch, at this offset; it is to be shown later.
    public void appended(long base, RecordBatch batch) {
        logEnd = base + batch.offsetCount();
        trimming.appended(batch);
        count(Counted.PUBLISH, batch.count());
        tellFollowers();
    }

    /// Everything before `end` is durable, and may be shown unless it is of a transaction that is open.
    public void visible(long end) {
        endsAt(end);
        visibleEnd = stableEnd();
        tellFollowers();
        activate();
    }

    /// Whether there is nothing for anybody in a batch that is before what is visible.
    boolean holdsNothing(RecordBatch batch) {
        return isVoid(batch);
    }

    // ---- Who numbers his batches

    /// The offset that a batch was given when it came before; [Producers#NEW] when it has not.
    ///
    /// @throws BrokerException.ProducerRefused when it may not be appended
    public final long offsetOfDuplicate(RecordBatch batch, AppendRule.Origin origin) {
        Producers known = state.producers();
        return known == null ? Producers.NEW : known.offsetOfDuplicate(batch, origin);
    }

    /// What the log has taken at this offset was numbered by its producer.
    public void numbered(long base, RecordBatch batch) {
        Producers known = state.producers();
        boolean isFirst = known == null || known.size() == 0;
        state.numbered(base, batch, shard.now());
        publish(state.expectProducers());
        if (isFirst) {
            forgetIdleProducers();
        }
    }

    public final List<ProducerStatus> producerStatus() {
        Producers known = state.producers();
        return known == null ? List.of() : known.status();
    }

    final void forgetIdleProducers() {
        Producers known = state.producers();
        long next = known == null ? Message.NEVER : known.expire(shard.now(), producerExpiration());
        if (next != Message.NEVER) {
            wakeAt(next);
        }
    }

    // ---- Cursors over the same log

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

    final void tellFollowers() {
        List<WorkQueue> cursors = followers;
        if (cursors != null) {
            for (int i = 0; i < cursors.size(); i++) {
                cursors.get(i).follow(this);
            }
        }
    }

    // ---- Messages are done with

    final void settled(long from, long to) {
        state.settle(from, to);
        if (newlySettled.isEmpty()) {
            hasNews();
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
        trimming.settled(firstKept());
    }

    /// Gives up what is settled from the start on.
    public final void trim() {
        trimming.trim(state.settlements().before());
    }

    /// The first offset that is kept, as it is in this moment.
    public final long firstKept() {
        startsAt(state.settlements().before());
        return start();
    }

    // ---- What is counted

    final void count(Counted what, long more) {
        Activity known = activity;
        if (known == null) {
            known = new Activity();
            known.usedAt = shard.now();
            activity = known;
        }
        known.tally.add(what, more);
        shard.counters().tally.add(what, more);
    }

    /// What has happened here; null for nothing.
    final @Nullable Activity activity() {
        return activity;
    }

    /// Bytes of a message as far as is known; 0 when nothing came in.
    final long averageBytes() {
        return trimming.averageBytes();
    }
}
