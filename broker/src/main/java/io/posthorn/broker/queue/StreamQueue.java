package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
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
import io.posthorn.log.RetentionClass;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A log that is kept by size and age, a stream or a partition of a topic, and read by any number of
/// consumers, each with a cursor of its own: what one takes is there for all others. Settling only makes room
/// for more deliveries to the same consumer.
///
/// A consumer that falls behind what is kept goes on with the first message there is.
public final class StreamQueue extends Queue {
    /// How many messages one consumer is given before it is the next one's turn.
    private static final int RUN = 128;

    /// A consumer that took nothing for so long keeps nothing in memory.
    private static final long IDLE = 1_000;

    private final Keeping keeping;

    /// Null where only the newest of each key is not all that is kept.
    private @Nullable Compacting compacting;

    private long unsettled;

    public StreamQueue(
            QueueHandle handle, QueueSpec spec, Arguments arguments, Log log, QueueState state, Surroundings shard) {
        super(handle, spec, arguments, true, log, state, shard);
        state.forgetVoids();
        keeping = new Keeping(this, Retention.of(arguments));
        compactBy(arguments);
    }

    private void compactBy(Arguments arguments) {
        CompactionSettings settings = CompactionSettings.of(arguments);
        compacting = settings == null ? null : new Compacting(this, settings);
        log.keepAs(settings == null ? Retention.of(arguments).retentionClass() : RetentionClass.COMPACTED);
    }

    @Override
    void reconfigured(QueueSettings before, Arguments arguments) {
        keeping.change(Retention.of(arguments));
        compactBy(arguments);
    }

    @Override
    public long ready() {
        return Math.max(0, visibleEnd - start());
    }

    @Override
    long unsettled() {
        return unsettled;
    }

    // ---- Messages come in

    /// Of single messages nothing must be known.
    @Override
    public @Nullable MessageFacts describe(RecordBatch batch) {
        keeping.expectMore();
        return null;
    }

    @Override
    public void appended(long base, RecordBatch batch) {
        super.appended(base, batch);
        keeping.appended(base, batch);
        if (compacting != null) {
            compacting.appended(batch.sizeInBytes());
        }
    }

    // ---- What is kept

    @Override
    public void giveUpBefore(long offset) {
        if (keeping.giveUpBefore(offset)) {
            activate(); // for those who follow
        }
    }

    @Override
    public long searchFrom(long timestamp) {
        return keeping.searchFrom(timestamp);
    }

    @Override
    public long searchLatestFrom() {
        return keeping.searchLatestFrom();
    }

    @Override
    public long searchLatestTo() {
        return keeping.searchLatestTo();
    }

    @Override
    public void woken() {
        super.woken();
        keeping.retain();
        if (compacting != null) {
            compacting.woken();
        }
        for (Consumer consumer : consumers.all()) {
            StreamCursor cursor = consumer.cursor();
            if (cursor.isIdle()) {
                cursor.reader().release();
            }
        }
        wakeForIdle();
        activate();
    }

    @Override
    public void compacted(long end) {
        if (compacting != null) {
            compacting.compacted(end);
        }
    }

    private void wakeForIdle() {
        for (Consumer consumer : consumers.all()) {
            if (!consumer.isWelcome() && consumer.cursor().reader().holdsMemory()) {
                wakeAt(shard.now() + IDLE);
                return;
            }
        }
    }

    // ---- Messages go out

    @Override
    boolean deliver(int most) {
        if (keeping.isTooMuch()) {
            keeping.retain();
        }
        for (Consumer consumer : consumers.all()) {
            consumers.offer(consumer);
        }
        int left = most;
        Consumer consumer = consumers.poll();
        while (consumer != null) {
            int run = Math.min(RUN, left);
            int read = feed(consumer, run);
            left -= read;
            if (read == run) {
                consumers.offer(consumer);
            }
            consumer = left > 0 ? consumers.poll() : null;
        }
        return left == 0;
    }

    /// @return how many messages were read, those included that the consumer does not want
    private int feed(Consumer consumer, int most) {
        StreamCursor cursor = consumer.cursor();
        shard.counters().missed += cursor.skipTo(start());
        cursor.reader().expects(Math.min(most, consumer.room()));
        int read = 0;
        while (read < most && consumer.isWelcome() && cursor.find(visibleEnd)) {
            boolean wanted = cursor.wantsIt();
            if (wanted && !consumer.takeCredit()) {
                break;
            }
            cursor.pass();
            read++;
            if (wanted) {
                handOver(consumer, delivery(consumer, cursor));
            }
        }
        return read;
    }

    private Delivery delivery(Consumer consumer, StreamCursor cursor) {
        long offset = cursor.found().offset();
        Message message = shard.decoder().decode(cursor.found(), handle);
        consumer.held().add(offset);
        unsettled++;
        shard.counters().delivered++;
        count(Counted.DELIVER, 1);
        return new Delivery(handle, offset, false, 0, message, -1, offset);
    }

    @Override
    public void letGoOfTail() {
        boolean waitsWithMemory = false;
        for (Consumer consumer : consumers.all()) {
            StreamCursor cursor = consumer.cursor();
            if (!consumer.isWelcome() || cursor.isAt(visibleEnd)) {
                cursor.reader().pause();
                waitsWithMemory |= cursor.reader().holdsMemory();
            }
        }
        if (waitsWithMemory) {
            wakeAt(shard.now() + IDLE);
        }
    }

    // ---- Deliveries come to an end

    /// Whatever the outcome, the message stays, and the consumer may have another.
    @Override
    public void settle(Holder holder, long from, long to, Outcome outcome) {
        long count = holder.held().removeRange(from, to);
        unsettled -= count;
        holder.freed(count);
        shard.counters().settled += count;
        if (outcome == Outcome.ACCEPTED && count > 0) {
            count(Counted.ACK, count);
        }
        if (count > 0) {
            activate();
        }
    }

    // Who settles makes room for itself; the messages stay.
    @Override
    public void collectEnded(Holder holder, long from, long to, Outcome outcome, OffsetRanges into) {}

    /// A stream gives nothing away.
    @Override
    public void forwarded(int firstSequence, int lastSequence) {}

    @Override
    public void notForwarded(int firstSequence, int lastSequence, BrokerException cause) {}

    // ---- Consumers

    @Override
    public void consume(Consumer consumer, Reply<Done> reply) {
        if (consumer.prefetch() == 0) {
            reply.failed(
                    new BrokerException.PreconditionFailed("consumer prefetch count is not set for '" + handle + "'"));
            return;
        }
        if (consumer.autoSettle()) {
            reply.failed(new BrokerException.NotImplemented(
                    "automatic acknowledgement not supported by stream queues " + handle));
            return;
        }
        consumer.startsAt(cursor(consumer.wanted()));
        consumers.add(consumer);
        shard.counters().consumers++;
        reply.ok(Done.DONE);
        activate();
    }

    private StreamCursor cursor(StreamRead wanted) {
        return switch (wanted.from()) {
            case StreamPosition.First _ -> cursorAt(start(), wanted);
            case StreamPosition.Last _ ->
                StreamCursor.ofLast(new RecordReader(this, shard), wanted.filter(), visibleEnd);
            case StreamPosition.Next _ -> cursorAt(logEnd, wanted);
            case StreamPosition.At(long offset) -> cursorAt(Math.clamp(offset, start(), logEnd), wanted);
            case StreamPosition.Since(long millis) -> cursorAt(keeping.offsetSince(millis), wanted);
            case StreamPosition.Within(long millis) -> cursorAt(keeping.offsetSince(shard.now() - millis), wanted);
        };
    }

    private StreamCursor cursorAt(long offset, StreamRead wanted) {
        return new StreamCursor(new RecordReader(this, shard), wanted.filter(), offset);
    }

    /// A stream's messages are never taken from it, so nothing need be known before.
    @Override
    public void touchIsDurable() {}

    @Override
    boolean waitsForTouch() {
        return false;
    }

    /// Every message that is kept waits for somebody.
    @Override
    boolean isReady(long offset) {
        return offset >= start();
    }

    @Override
    long takenEnd() {
        return start();
    }

    // ---- Commands that streams do not have

    @Override
    void take(Getter getter, boolean autoSettle, Reply<Optional<Delivery>> reply) {
        reply.failed(new BrokerException.NotImplemented("basic.get not supported by stream queues " + handle));
    }

    @Override
    public void claim(Getter getter, List<Long> offsets, Reply<List<Long>> reply) {
        reply.failed(new BrokerException.NotImplemented("nothing is taken out of stream queues " + handle));
    }

    @Override
    public void purge(Reply<Long> reply) {
        reply.failed(new BrokerException.NotImplemented("queue.purge not supported by stream queues " + handle));
    }

    // ---- The end

    /// Those of its consumers go with them.
    @Override
    void letGoOfEverything() {}

    @Override
    public void giveBackEverything() {
        keeping.stop();
    }
}
