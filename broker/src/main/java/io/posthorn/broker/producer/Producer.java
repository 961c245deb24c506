package io.posthorn.broker.producer;

import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// One producer as a partition knows it: its epoch, and its last batches, by which it is known when it repeats itself.
///
/// Sequences count records, and begin again at 0 behind the largest `int`.
public final class Producer {
    /// As many as a client has under way at most.
    static final int MOST_BATCHES = 5;

    static final int NO_SEQUENCE = -1;
    static final short NO_EPOCH = -1;
    static final int NO_COORDINATOR = -1;

    private static final long[] NONE = {};

    private final long id;
    private short epoch = NO_EPOCH;
    private int coordinatorEpoch = NO_COORDINATOR;
    private long lastAppendAt;
    private @Nullable OpenTransaction transaction;

    /// A ring of its last batches: last offset, then last sequence and, in the low half, how far the first lies before.
    private long[] batches = NONE;

    private int first;
    private int count;

    Producer(long id) {
        this.id = id;
    }

    public long id() {
        return id;
    }

    /// -1 when none is known.
    public short epoch() {
        return epoch;
    }

    /// Of the last marker that ended a transaction; -1 without one.
    public int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    /// In milliseconds since the epoch.
    public long lastAppendAt() {
        return lastAppendAt;
    }

    @Nullable
    OpenTransaction transaction() {
        return transaction;
    }

    /// The first offset of its open transaction; -1 without one.
    public long transactionStart() {
        return transaction == null ? -1 : transaction.first();
    }

    /// Of its last record; -1 when it has none in this epoch.
    public int lastSequence() {
        return count == 0 ? NO_SEQUENCE : lastSequence(count - 1);
    }

    /// How many batches are known, the oldest first.
    public int batches() {
        return count;
    }

    public long lastOffset(int batch) {
        return batches[slot(batch)];
    }

    public int lastSequence(int batch) {
        return (int) (batches[slot(batch) + 1] >> 32);
    }

    /// How many offsets lie between a batch's first record and its last.
    public int offsetDelta(int batch) {
        return (int) batches[slot(batch) + 1];
    }

    private int slot(int batch) {
        return (first + batch) % MOST_BATCHES * 2;
    }

    /// The offset that the same batch was given when it came before; -1 when it did not, or too long ago.
    long offsetOfDuplicate(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) {
            return -1;
        }
        int delta = batch.offsetCount() - 1;
        int last = lastSequenceOf(batch);
        for (int i = 0; i < count; i++) {
            if (lastSequence(i) == last && offsetDelta(i) == delta) {
                return lastOffset(i) - delta;
            }
        }
        return -1;
    }

    static int lastSequenceOf(RecordBatch batch) {
        int base = batch.baseSequence();
        if (base == NO_SEQUENCE) {
            return NO_SEQUENCE;
        }
        return (int) (((long) base + batch.offsetCount() - 1) % (1L << 31));
    }

    void appended(long lastOffset, int lastSequence, int offsetDelta) {
        if (batches.length == 0) {
            batches = new long[MOST_BATCHES * 2];
        }
        if (count == MOST_BATCHES) {
            first = (first + 1) % MOST_BATCHES;
            count--;
        }
        int slot = slot(count++);
        batches[slot] = lastOffset;
        batches[slot + 1] = (long) lastSequence << 32 | offsetDelta;
    }

    /// What was numbered in another epoch is not asked for any more.
    void enter(short entered) {
        if (epoch != entered) {
            count = 0;
            epoch = entered;
        }
    }

    void appendedAt(long millis) {
        lastAppendAt = millis;
    }

    void coordinatedBy(int epochOfCoordinator) {
        coordinatorEpoch = epochOfCoordinator;
    }

    void isIn(@Nullable OpenTransaction open) {
        transaction = open;
    }
}
