package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Message;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Messages of one queue on their way to others. They are taken from the queue and not settled: that is done once
/// every queue that a message goes to has it, durable where it had to be. So each goes at least once, whatever
/// happens in between.
///
/// They go in windows: no message sets out before the last window is answered, and those that were refused are
/// the first of the next one. That bounds what is under way, and keeps their order.
final class Forwarding {
    private static final int WINDOW_MESSAGES = 1024;
    private static final long WINDOW_BYTES = 512 * 1024;

    /// After a refusal the next try waits, each time for twice as long.
    private static final long SHORTEST_PAUSE = 50;

    private static final long LONGEST_PAUSE = 10_000;

    /// The sequence number of messages of which nothing is told.
    private static final long UNANSWERED = -1;

    private final WorkQueue queue;
    private Letters letters;
    private final Surroundings shard;
    private final WaitingOffsets waiting = new WaitingOffsets();
    private @Nullable RecordReader reader;
    private @Nullable Forwards way;

    // The window: the first ones have been sent, or are to be sent again.
    private long[] offsets = new long[16];
    private byte[] reasons = new byte[16];
    private byte[] states = new byte[16];
    private int size;

    /// How many have been sent and not answered.
    private int underWay;

    private boolean refused;
    private long pause = SHORTEST_PAUSE;
    private long pausedUntil;

    private static final byte TO_SEND = 0;
    private static final byte SENT = 1;
    private static final byte DONE = 2;

    /// What is published of the messages.
    interface Letters {
        /// @param message with its whole address
        /// @param reason as given to [#add]
        Message of(Message message, byte reason);

        /// The same for one that the queue has taken in.
        ///
        /// @param record which the message is
        default Message of(RecordCursor record, Message message, byte reason) {
            return of(message, reason);
        }

        /// Whether they die in this queue, and must not come round to it for ever.
        boolean areDead();
    }

    Forwarding(WorkQueue queue, Letters letters, Surroundings shard) {
        this.queue = queue;
        this.letters = letters;
        this.shard = shard;
    }

    /// What sets out from now on is published so.
    void changeTo(Letters changed) {
        letters = changed;
    }

    /// How many wait or are under way.
    long count() {
        return waiting.count() + size;
    }

    /// A range that was taken sets out behind all others.
    ///
    /// @param reason for [Letters]
    void add(long from, long to, byte reason) {
        waiting.add(from, to, reason);
        shard.activate(queue);
    }

    /// Messages that the queue did not take set out at once. Their publisher knows that they were refused, so nobody
    /// waits for what becomes of them.
    void addRefused(RecordBatch batch, byte reason) {
        RecordCursor record = batch.records();
        while (record.next()) {
            Message message = shard.decoder().decodeWhole(record, queue.handle);
            way().forward(letters.of(message, reason), UNANSWERED, letters.areDead());
        }
        way().flush();
    }

    /// Sends the next window, unless the last one is still to be answered.
    void pump() {
        if (underWay > 0 || shard.now() < pausedUntil || count() == 0) {
            return;
        }
        forgetDone();
        long bytes = 0;
        for (int next = 0; next < WINDOW_MESSAGES && bytes < WINDOW_BYTES; next++) {
            if (next == size && !takeNext()) {
                break;
            }
            long sent = send(next);
            if (sent == COLD) {
                break;
            }
            bytes += sent;
        }
        if (underWay > 0) {
            way().flush();
        } else if (count() > 0 && bytes > 0) {
            // Nothing of it went anywhere, so nobody will answer.
            shard.activate(queue);
        }
    }

    private void forgetDone() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (states[i] != DONE) {
                offsets[kept] = offsets[i];
                reasons[kept] = reasons[i];
                states[kept++] = TO_SEND;
            }
        }
        size = kept;
    }

    private boolean takeNext() {
        if (waiting.isEmpty()) {
            return false;
        }
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            reasons = Arrays.copyOf(reasons, size * 2);
            states = Arrays.copyOf(states, size * 2);
        }
        reasons[size] = waiting.reason();
        offsets[size] = waiting.poll();
        states[size] = TO_SEND;
        size++;
        return true;
    }

    private static final long COLD = -1;

    /// @return its bytes, at least one; [#COLD] when it has to be read from disk first
    private long send(int index) {
        long offset = offsets[index];
        RecordReader records = reader();
        return switch (records.seek(offset, queue.visibleEnd)) {
            case COLD -> COLD;
            case GONE, EMPTY -> {
                states[index] = DONE;
                passOver(offset);
                yield 1;
            }
            case HERE -> {
                RecordCursor record = records.current();
                Message message = shard.decoder().decodeWhole(record, queue.handle);
                send(index, record, message);
                yield message.body().length() + 64L;
            }
        };
    }

    /// What is damaged is never shown and never settled: its bytes stay. Those of a cursor stay anyway.
    private void passOver(long offset) {
        if (queue.log() instanceof CursorLog) {
            queue.settled(offset, offset + 1);
            return;
        }
        var damaged = new OffsetSet();
        damaged.add(offset);
        queue.notForwarded(
                damaged, new BrokerException.StorageFailed("message %d of %s is damaged".formatted(offset, queue)));
    }

    private void send(int index, RecordCursor record, Message message) {
        long offset = offsets[index];
        if (queue.isLost(offset, message)) {
            states[index] = DONE;
            queue.settled(offset, offset + 1);
            return;
        }
        int queues = way().forward(letters.of(record, message, reasons[index]), index, letters.areDead());
        if (queues == 0) {
            states[index] = DONE;
            shard.counters().forwardedNowhere++;
            queue.settled(offset, offset + 1);
        } else {
            states[index] = SENT;
            underWay++;
        }
    }

    private RecordReader reader() {
        RecordReader records = reader;
        if (records == null) {
            records = new RecordReader(queue, shard);
            reader = records;
        }
        return records;
    }

    private Forwards way() {
        Forwards out = way;
        if (out == null) {
            out = shard.forwards(queue);
            way = out;
        }
        return out;
    }

    /// Those sent under these sequence numbers are in their queues.
    void forwarded(int first, int last) {
        for (int i = first; i <= last; i++) {
            if (states[i] == SENT) {
                states[i] = DONE;
                shard.counters().forwarded++;
                queue.settled(offsets[i], offsets[i] + 1);
            }
        }
        answered(last - first + 1);
    }

    /// Those are not in all of them.
    void notForwarded(int first, int last, BrokerException cause) {
        var back = new OffsetSet();
        for (int i = first; i <= last; i++) {
            states[i] = TO_SEND;
            back.add(offsets[i]);
        }
        queue.notForwarded(back, cause);
        refused = true;
        answered(last - first + 1);
    }

    private void answered(int count) {
        underWay -= count;
        if (underWay > 0) {
            return;
        }
        if (refused) {
            refused = false;
            pausedUntil = shard.now() + pause;
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            shard.wakeAt(queue, pausedUntil);
        } else {
            pause = SHORTEST_PAUSE;
            shard.activate(queue);
        }
    }

    /// The queue was woken, perhaps for another's sake.
    void woken() {
        if (shard.now() < pausedUntil) {
            shard.wakeAt(queue, pausedUntil);
        } else {
            shard.activate(queue);
        }
    }

    void letGoOfTail() {
        if (reader != null) {
            reader.letGoOfTail();
        }
    }

    void release() {
        Queue.release(reader);
    }
}
