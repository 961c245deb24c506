package io.posthorn.protocol.amqp;

import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.Method;
import java.util.function.Consumer;

/// Turns receipts, which come in ranges and in any order from several shards, into confirms: runs of the
/// contiguous prefix, so that one ack answers for many messages.
///
/// Two bits a message that is not answered yet, in a ring over the sequence numbers: whether its receipt has
/// come, and whether it is a refusal.
final class PublisherConfirms {
    private static final int SMALLEST = 1024;
    private static final int LARGEST = 1 << 30;

    private long published;

    /// The lowest number the client has no answer for.
    private long next = 1;

    private long[] answered = new long[SMALLEST / Long.SIZE];
    private long[] refused = new long[SMALLEST / Long.SIZE];

    /// Takes the number of the next message; the first is 1.
    long nextSequence() {
        return ++published;
    }

    void accepted(long first, long last) {
        mark(first, last, false);
    }

    void refused(long first, long last) {
        mark(first, last, true);
    }

    /// Messages that have no answer yet.
    long waiting() {
        return published - next + 1;
    }

    /// Hands out what can be answered now.
    ///
    /// @return how many messages were accepted in it
    long drain(Consumer<? super Method> to) {
        long accepted = 0;
        while (next <= published && isSet(answered, next)) {
            boolean refusal = isSet(refused, next);
            long first = next;
            do {
                clear(next);
                next++;
            } while (next <= published && isSet(answered, next) && isSet(refused, next) == refusal);
            long last = next - 1;
            accepted += refusal ? 0 : next - first;
            to.accept(
                    refusal
                            ? new BasicMethod.Nack(last, last > first, false)
                            : new BasicMethod.Ack(last, last > first));
        }
        return accepted;
    }

    // A range may hold numbers that were answered before, of messages that went nowhere.
    private void mark(long first, long last, boolean refusal) {
        for (long sequence = Math.max(first, next); sequence <= last; sequence++) {
            if (sequence - next >= capacity()) {
                grow(sequence);
            }
            int bit = bit(sequence);
            if ((answered[bit >>> 6] & 1L << bit) == 0) {
                answered[bit >>> 6] |= 1L << bit;
                if (refusal) {
                    refused[bit >>> 6] |= 1L << bit;
                }
            }
        }
    }

    private void grow(long sequence) {
        long needed = sequence - next + 1;
        if (needed > LARGEST) {
            throw new IllegalStateException(needed + " messages wait for a confirm");
        }
        long[] oldAnswered = answered;
        long[] oldRefused = refused;
        int oldCapacity = capacity();
        int capacity = Math.max(Integer.highestOneBit((int) needed) * 2, SMALLEST);
        answered = new long[capacity / Long.SIZE];
        refused = new long[capacity / Long.SIZE];
        for (long moved = next; moved < next + oldCapacity; moved++) {
            int from = (int) (moved & (oldCapacity - 1));
            int to = bit(moved);
            answered[to >>> 6] |= (oldAnswered[from >>> 6] >>> from & 1L) << to;
            refused[to >>> 6] |= (oldRefused[from >>> 6] >>> from & 1L) << to;
        }
    }

    private int capacity() {
        return answered.length * Long.SIZE;
    }

    private int bit(long sequence) {
        return (int) (sequence & (capacity() - 1));
    }

    private boolean isSet(long[] bits, long sequence) {
        int bit = bit(sequence);
        return (bits[bit >>> 6] & 1L << bit) != 0;
    }

    private void clear(long sequence) {
        int bit = bit(sequence);
        answered[bit >>> 6] &= ~(1L << bit);
        refused[bit >>> 6] &= ~(1L << bit);
    }
}
