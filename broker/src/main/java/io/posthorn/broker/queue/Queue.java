package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One queue: a cursor over its log, and the deliveries not yet settled. Confined to the thread of its shard.
///
/// Messages are shown once they are durable: the shard tells by [#visible] how far that is.
public final class Queue {
    /// Settled messages are given up by the log at the latest when there are this many, or so many bytes.
    private static final int TRIM_MESSAGES = 256;

    private static final long TRIM_BYTES = 256 * 1024;

    private final QueueHandle handle;
    private final QueueSpec spec;
    private final boolean durable;
    private final Log log;
    private final QueueState state;
    private final Surroundings shard;
    private final FifoOrder order;
    private final Consumers consumers = new Consumers();
    private final OffsetRanges newlySettled = new OffsetRanges();

    /// Transient messages before this offset did not survive the restart that they are behind.
    private final long recoveredEnd;

    /// Everything before this offset may be shown.
    private long visibleEnd;

    private long logEnd;
    private long trimmed;
    private long unsettled;
    private long appendedMessages;
    private long appendedBytes;
    private @Nullable RecordReader forward;
    private @Nullable RecordReader backward;
    private @Nullable ArrayDeque<Waiting> waiting;
    private Touch touch;

    /// Whether the shard has this queue on its lists for the running pass.
    public boolean active;

    public boolean dirty;

    /// Whether delivering has begun to be safe: see [QueueState#touched].
    private enum Touch {
        NEVER,
        BEING_WRITTEN,
        DURABLE
    }

    /// A command that waits until what was appended before it is visible.
    private record Waiting(long end, Attempt attempt, Reply<?> reply) {}

    private interface Attempt {
        /// @return false to be called again when the disk has done its part
        boolean run();
    }

    /// @param state what was recovered of the queue, or a new one
    public Queue(QueueHandle handle, QueueSpec spec, boolean durable, Log log, QueueState state, Surroundings shard) {
        this.handle = handle;
        this.spec = spec;
        this.durable = durable;
        this.log = log;
        this.state = state;
        this.shard = shard;
        LogBounds bounds = log.bounds();
        state.settlements().advance(bounds.start());
        state.dropTransients();
        order = new FifoOrder(state.settlements());
        recoveredEnd = bounds.end();
        logEnd = bounds.end();
        visibleEnd = bounds.end();
        trimmed = bounds.start();
        touch = state.touched() || !durable ? Touch.DURABLE : Touch.NEVER;
    }

    public QueueHandle handle() {
        return handle;
    }

    public boolean durable() {
        return durable;
    }

    public Log log() {
        return log;
    }

    public QueueState state() {
        return state;
    }

    public int consumerCount() {
        return consumers.size();
    }

    public long ready() {
        return order.ready(visibleEnd);
    }

    public QueueStatus statusNow() {
        return new QueueStatus(
                spec.name(), spec.durable(), spec.exclusive(), spec.autoDelete(), ready(), unsettled, consumers.size());
    }

    // ---- Messages come in

    /// The log has taken a batch that ends here; it is to be shown later.
    public void appended(long end, int messages, int bytes) {
        logEnd = end;
        appendedMessages += messages;
        appendedBytes += bytes;
    }

    /// Everything before `end` may be shown.
    public void visible(long end) {
        visibleEnd = Math.max(visibleEnd, end);
        shard.activate(this);
    }

    // ---- Messages go out

    /// Delivers what is ready to who can take it.
    ///
    /// @param most how many messages, so that no queue starves the others
    /// @return whether there may be more to do at once
    public boolean dispatch(int most) {
        runWaiting();
        if (touch != Touch.DURABLE) {
            return false;
        }
        for (int i = 0; i < most; i++) {
            Consumer consumer = consumers.poll();
            if (consumer == null) {
                return false;
            }
            Delivery delivery = next(consumer, consumer.autoSettle(), false);
            if (delivery == null) {
                consumers.giveBackTurn(consumer);
                return false;
            }
            handOver(consumer, delivery);
            consumers.offer(consumer);
        }
        return consumers.anyWelcome();
    }

    private void handOver(Consumer consumer, Delivery delivery) {
        if (!consumer.link().deliver(delivery)) {
            consumer.setFull(true);
        }
        if (!consumer.unflushed) {
            consumer.unflushed = true;
            shard.flushLater(consumer);
        }
    }

    /// Takes the next ready message; null when there is none, or it has to be read from disk first.
    private @Nullable Delivery next(Holder holder, boolean autoSettle, boolean countRemaining) {
        while (true) {
            long offset = order.next(visibleEnd);
            if (offset == OffsetSet.NONE) {
                return null;
            }
            RecordReader reader = readerOf(offset);
            switch (reader.seek(offset, visibleEnd)) {
                case COLD -> {
                    return null;
                }
                case GONE -> passOver(offset, reader.resumeAt());
                case HERE -> {
                    order.take(offset);
                    Message message = shard.decoder().decode(reader.current(), handle.name());
                    if (offset < recoveredEnd && !message.persistent()) {
                        settled(offset, offset + 1);
                    } else {
                        return delivery(offset, message, holder, autoSettle, countRemaining);
                    }
                }
            }
        }
    }

    private Delivery delivery(long offset, Message message, Holder holder, boolean autoSettle, boolean countRemaining) {
        Redeliveries redeliveries = state.redeliveries();
        boolean redelivered = redeliveries.contains(offset);
        int count = redelivered ? redeliveries.count(offset) : 0;
        shard.counters().delivered++;
        if (autoSettle) {
            settled(offset, offset + 1);
            shard.counters().settled++;
        } else {
            holder.held().add(offset);
            unsettled++;
        }
        return new Delivery(handle, offset, redelivered, count, message, countRemaining ? ready() : -1);
    }

    /// What the log does not have, because it is damaged, is never shown and never settled: its bytes stay.
    private void passOver(long offset, long resumeAt) {
        if (order.isReturned(offset)) {
            order.take(offset);
        } else {
            order.skipTo(Math.min(Math.max(resumeAt, offset + 1), visibleEnd));
        }
    }

    /// What came back is read by a reader of its own, so that the other keeps its place.
    private RecordReader readerOf(long offset) {
        if (order.isReturned(offset)) {
            RecordReader reader = backward;
            if (reader == null) {
                reader = new RecordReader(this, log, shard);
                backward = reader;
            }
            return reader;
        }
        RecordReader reader = forward;
        if (reader == null) {
            reader = new RecordReader(this, log, shard);
            forward = reader;
        }
        return reader;
    }

    /// Called at the end of a pass: slow consumers must not pin the memory of the journal's tail.
    public void letGoOfTail() {
        if (forward != null) {
            forward.letGoOfTail();
        }
        if (backward != null) {
            backward.letGoOfTail();
        }
    }

    public void loaded(RecordReader reader, LogSlice read) {
        reader.loaded(read);
        shard.activate(this);
    }

    /// What was to be read has been trimmed meanwhile.
    public void trimmedBeforeLoaded(RecordReader reader) {
        reader.trimmedBeforeLoaded();
        shard.activate(this);
    }

    public void damaged(RecordReader reader, LogException.Damaged damage) {
        reader.damaged(damage);
        shard.activate(this);
    }

    // ---- Deliveries come to an end

    /// Settles those of a range that the holder holds; others were never its, or are settled already.
    public void settle(Holder holder, long from, long to, Outcome outcome) {
        OffsetSet held = holder.held();
        long start = held.firstFrom(from);
        while (start != OffsetSet.NONE && start < to) {
            long end = Math.min(held.firstAbsentFrom(start), to);
            held.removeRange(start, end);
            unsettled -= end - start;
            switch (outcome) {
                case ACCEPTED, REJECTED -> {
                    shard.counters().settled += end - start;
                    settled(start, end);
                }
                case RELEASED -> giveBack(start, end);
            }
            start = held.firstFrom(end);
        }
        if (holder instanceof Consumer consumer && !consumer.isCancelled()) {
            consumers.offer(consumer);
            shard.activate(this);
        }
    }

    private void settled(long from, long to) {
        state.settle(from, to);
        if (newlySettled.isEmpty()) {
            shard.settled(this);
        }
        newlySettled.add(from, to);
    }

    private void giveBack(long from, long to) {
        shard.counters().returned += to - from;
        state.redeliveries().add(from, to);
        order.giveBack(from, to);
        shard.activate(this);
    }

    /// What was settled since [#recordSettled] last ended.
    public OffsetRanges newlySettled() {
        return newlySettled;
    }

    /// What was newly settled is written; what is settled from the start on can be given up by the log.
    public void recordSettled() {
        newlySettled.clear();
        long before = state.settlements().before();
        long messages = before - trimmed;
        long averageBytes = appendedMessages == 0 ? 0 : appendedBytes / appendedMessages;
        if (messages >= TRIM_MESSAGES || messages * averageBytes >= TRIM_BYTES) {
            trim();
        }
    }

    /// Gives up what is settled from the start on.
    public void trim() {
        long before = state.settlements().before();
        if (before > trimmed) {
            log.trimBefore(before);
            trimmed = before;
        }
    }

    // ---- Consumers

    public void consume(Consumer consumer, Reply<Done> reply) {
        boolean taken = consumers.hasExclusive() || (consumer.exclusive() && !consumers.isEmpty());
        if (taken) {
            reply.failed(new BrokerException.AccessRefused(handle + " in exclusive use"));
            return;
        }
        touch();
        consumers.add(consumer);
        shard.counters().consumers++;
        reply.ok(Done.DONE);
        shard.activate(this);
    }

    /// No more deliveries to this consumer; what it holds it may still settle.
    ///
    /// @return whether it was a consumer until now
    public boolean cancel(Consumer consumer) {
        consumer.cancel();
        boolean removed = consumers.remove(consumer);
        if (removed) {
            shard.counters().consumers--;
        }
        return removed;
    }

    /// Gives back everything that the holder holds.
    public void release(Holder holder) {
        settle(holder, 0, Long.MAX_VALUE, Outcome.RELEASED);
    }

    /// The consumer's sink can take deliveries again.
    public void resume(Consumer consumer) {
        consumer.setFull(false);
        if (!consumer.isCancelled()) {
            consumers.offer(consumer);
            shard.activate(this);
        }
    }

    public void arrived(Consumer consumer, int count) {
        if (consumer.link().arrived(count)) {
            resume(consumer);
        }
    }

    private void touch() {
        if (touch == Touch.NEVER) {
            shard.touch(this);
            touch = Touch.BEING_WRITTEN;
            state.touch();
        }
    }

    /// That somebody may take messages is durable, so they may.
    public void touchIsDurable() {
        touch = Touch.DURABLE;
        shard.activate(this);
    }

    // ---- Commands that see everything before them

    public void get(Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply) {
        touch();
        whenVisible(
                () -> {
                    if (touch != Touch.DURABLE) {
                        return false;
                    }
                    Delivery delivery = next(getter, autoSettle, true);
                    if (delivery == null && order.next(visibleEnd) != OffsetSet.NONE) {
                        return false;
                    }
                    reply.ok(Optional.ofNullable(delivery));
                    return true;
                },
                reply);
    }

    public void purge(Reply<Long> reply) {
        whenVisible(
                () -> {
                    reply.ok(purgeNow());
                    return true;
                },
                reply);
    }

    private long purgeNow() {
        var taken = new OffsetRanges();
        order.takeAll(visibleEnd, taken);
        long count = 0;
        for (int i = 0; i < taken.size(); i++) {
            settled(taken.from(i), taken.to(i));
            count += taken.to(i) - taken.from(i);
        }
        return count;
    }

    public void status(Reply<QueueStatus> reply) {
        whenVisible(
                () -> {
                    reply.ok(statusNow());
                    return true;
                },
                reply);
    }

    /// Answers with the number of ready messages if the queue may be deleted.
    public void checkDelete(boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
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

    private void whenVisible(Attempt attempt, Reply<?> reply) {
        boolean nobodyWaits = waiting == null || waiting.isEmpty();
        if (nobodyWaits && logEnd <= visibleEnd && attempt.run()) {
            return;
        }
        BrokerException never = shard.neverDurable();
        if (never != null && (logEnd > visibleEnd || touch == Touch.BEING_WRITTEN)) {
            reply.failed(never);
            return;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(new Waiting(logEnd, attempt, reply));
    }

    private void runWaiting() {
        ArrayDeque<Waiting> commands = waiting;
        if (commands == null) {
            return;
        }
        Waiting first = commands.peek();
        while (first != null && first.end() <= visibleEnd && first.attempt().run()) {
            commands.remove();
            first = commands.peek();
        }
        if (commands.isEmpty()) {
            waiting = null;
        }
    }

    // ---- The end

    /// Refuses every command that waits: what it waits for will never come.
    public void failWaiting(BrokerException cause) {
        ArrayDeque<Waiting> commands = waiting;
        waiting = null;
        if (commands != null) {
            commands.forEach(command -> command.reply().failed(cause));
        }
    }

    /// A clean stop: what is held now comes back, and is known to have been delivered.
    public void giveBackEverything() {
        OffsetSet settled = state.settlements().above();
        long from = settled.firstAbsentFrom(state.settlements().before());
        while (from < order.cursor()) {
            long next = settled.firstFrom(from);
            long to = next == OffsetSet.NONE ? order.cursor() : Math.min(next, order.cursor());
            order.giveBackTaken(from, to, state.redeliveries());
            from = settled.firstAbsentFrom(to);
        }
        unsettled = 0;
    }

    /// Ends everything about the queue: its consumers are told, what was read is let go of.
    public void close(BrokerException cause) {
        failWaiting(cause);
        List<Consumer> last = new ArrayList<>(consumers.all());
        for (Consumer consumer : last) {
            cancel(consumer);
            consumer.link().cancelled();
        }
        if (forward != null) {
            forward.release();
        }
        if (backward != null) {
            backward.release();
        }
    }
}
