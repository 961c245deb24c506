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
import io.posthorn.log.LogException;
import io.posthorn.log.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A log that is kept by size and age, and read by any number of consumers, each with a cursor of its own: what one
/// takes is there for all others. Settling only makes room for more deliveries to the same consumer.
///
/// A consumer that falls behind what is kept goes on with the first message there is.
public final class StreamQueue extends Queue {
    private static final Logger LOG = System.getLogger(StreamQueue.class.getName());

    /// How many messages one consumer is given before it is the next one's turn.
    private static final int RUN = 128;

    /// A consumer that took nothing for so long keeps nothing in memory.
    private static final long IDLE = 1_000;

    private Retention retention;
    private final StreamChunks chunks;

    /// How many bytes were ever appended, as [StreamChunks#position] counts.
    private long position;

    private long lastAppendAt;
    private long chunkBeganAt;
    private long unsettled;

    public StreamQueue(
            QueueHandle handle, QueueSpec spec, Arguments arguments, Log log, QueueState state, Surroundings shard) {
        super(handle, spec, arguments, true, log, state, shard);
        state.forgetVoids();
        retention = Retention.of(arguments);
        chunks = state.chunks();
        recoverChunks();
        wakeWhenTooOld();
    }

    /// An unclean stop has forgotten how long the open chunk was, and when its last message came: not later than now,
    /// and it was as long as those before it.
    private void recoverChunks() {
        lastAppendAt = shard.now();
        chunkBeganAt = shard.now();
        int last = chunks.size() - 1;
        if (last < 0) {
            return;
        }
        long messages = logEnd - chunks.offset(last);
        long counted = chunks.offset(last) - chunks.offset(0);
        double average = counted == 0 ? 0 : (double) (chunks.position(last) - chunks.position(0)) / counted;
        position = chunks.position(last) + Math.min(retention.chunkBytes(), (long) (messages * average));
    }

    @Override
    void reconfigured(QueueSettings before, Arguments arguments) {
        retention = Retention.of(arguments);
        wakeWhenTooOld();
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

    /// Of single messages nothing must be known. A chunk begins before its first message comes, so that no journal
    /// that was cut off has the one without the other.
    @Override
    public @Nullable MessageFacts describe(RecordBatch batch) {
        long now = shard.now();
        if (chunkIsFull(now)) {
            beginChunk(logEnd, now);
        }
        return null;
    }

    @Override
    public void appended(long base, RecordBatch batch) {
        super.appended(base, batch);
        position += batch.sizeInBytes();
        lastAppendAt = shard.now();
        if (base == chunks.offset(chunks.size() - 1)) {
            wakeWhenTooOld();
        }
    }

    private boolean chunkIsFull(long now) {
        int last = chunks.size() - 1;
        return last < 0
                || position - chunks.position(last) >= retention.chunkBytes()
                || now - chunkBeganAt >= retention.chunkMillis();
    }

    private void beginChunk(long offset, long now) {
        chunks.begin(offset, position, lastAppendAt);
        shard.chunkBegun(this, offset, position, lastAppendAt);
        chunkBeganAt = now;
    }

    // ---- What is kept

    /// Gives up whole chunks from the start on, as long as there are too many bytes or they are too old.
    private void retain() {
        long keptFrom = start();
        int chunk = 0;
        while (chunk < chunks.size() && isTooMuch(chunk) && endOf(chunk) <= highWatermark()) {
            keptFrom = endOf(chunk);
            chunk++;
        }
        if (keptFrom > start() && giveUpBefore(keptFrom)) {
            startsAt(keptFrom);
            state.settlements().advance(keptFrom);
            chunks.trimBefore(keptFrom);
        }
        wakeWhenTooOld();
    }

    private boolean isTooMuch(int chunk) {
        boolean isOpen = chunk == chunks.size() - 1;
        boolean tooMany = !isOpen && position - chunks.position(chunk) > retention.maxBytes();
        return tooMany || (retention.limitsAge() && ageLimit(chunk) <= shard.now());
    }

    /// When the last message of a chunk is too old.
    private long ageLimit(int chunk) {
        return (chunk == chunks.size() - 1 ? lastAppendAt : chunks.end(chunk)) + retention.maxAge();
    }

    private long endOf(int chunk) {
        return chunk == chunks.size() - 1 ? logEnd : chunks.offset(chunk + 1);
    }

    private boolean giveUpBefore(long offset) {
        try {
            log.trimBefore(offset);
            return true;
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "what is too much of " + handle + " could not be given up now", e);
            return false;
        }
    }

    private void wakeWhenTooOld() {
        if (retention.limitsAge() && chunks.size() > 0 && logEnd > start()) {
            shard.wakeAt(this, Math.max(ageLimit(0), shard.now() + retention.chunkMillis()));
        }
    }

    @Override
    public void woken() {
        super.woken();
        retain();
        for (Consumer consumer : consumers.all()) {
            StreamCursor cursor = consumer.cursor();
            if (cursor.isIdle()) {
                cursor.reader().release();
            }
        }
        wakeForIdle();
        shard.activate(this);
    }

    private void wakeForIdle() {
        for (Consumer consumer : consumers.all()) {
            if (!consumer.isWelcome() && consumer.cursor().reader().holdsMemory()) {
                shard.wakeAt(this, shard.now() + IDLE);
                return;
            }
        }
    }

    // ---- Messages go out

    @Override
    boolean deliver(int most) {
        if (chunks.size() > 0 && isTooMuch(0)) {
            retain();
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
        Message message = shard.decoder().decode(cursor.found(), handle.name());
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
            shard.wakeAt(this, shard.now() + IDLE);
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
            shard.activate(this);
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
        StreamRead wanted = consumer.wanted();
        var reader = new RecordReader(this, shard);
        consumer.startsAt(new StreamCursor(reader, wanted.filter(), offset(wanted.from())));
        consumers.add(consumer);
        shard.counters().consumers++;
        reply.ok(Done.DONE);
        shard.activate(this);
    }

    private long offset(StreamPosition from) {
        return switch (from) {
            case StreamPosition.First _ -> start();
            case StreamPosition.Last _ -> Math.max(start(), visibleEnd - 1);
            case StreamPosition.Next _ -> logEnd;
            case StreamPosition.At(long offset) -> Math.clamp(offset, start(), logEnd);
            case StreamPosition.Since(long millis) -> offsetSince(millis);
            case StreamPosition.Within(long millis) -> offsetSince(shard.now() - millis);
        };
    }

    private long offsetSince(long millis) {
        if (chunks.size() == 0 || millis > lastAppendAt) {
            return logEnd;
        }
        return Math.max(start(), chunks.offset(chunks.firstEndingFrom(millis)));
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

    /// A clean stop: the next start is to know how many bytes there are, and when the last came.
    @Override
    public void giveBackEverything() {
        if (logEnd > start()) {
            beginChunk(logEnd, shard.now());
        }
    }
}
