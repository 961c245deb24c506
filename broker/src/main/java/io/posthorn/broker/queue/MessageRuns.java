package io.posthorn.broker.queue;

import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.Arrays;

/// What a queue must know of some messages, in the order of their offsets: neighbours that are alike are one run.
public final class MessageRuns {
    private long[] from = new long[4];
    private int[] facts = new int[12];
    private int size;

    /// Reads what there is to know of a batch.
    ///
    /// @param base the offset of its first message
    static MessageRuns of(long base, RecordBatch batch, QueueSettings settings) {
        var runs = new MessageRuns();
        if (batch.isCompressed()) {
            // What is inside is for those who open it: its messages are alike, and as large as it takes them.
            boolean weighed = settings.maxBytes() != Long.MAX_VALUE;
            runs.add(base, batch.offsetCount(), 0, weighed ? batch.sizeInBytes() / Math.max(1, batch.count()) : 0);
            return runs;
        }
        RecordCursor record = batch.records();
        while (record.next()) {
            long offset = base + record.offset() - batch.baseOffset();
            int priority = settings.maxPriority() == 0
                    ? 0
                    : Math.min(MessageDecoder.priorityOf(record), settings.maxPriority());
            Bytes body = settings.maxBytes() == Long.MAX_VALUE ? null : record.value();
            runs.add(offset, 1, priority, body == null ? 0 : body.length());
        }
        return runs;
    }

    /// Number of messages.
    long messages() {
        long messages = 0;
        for (int run = 0; run < size; run++) {
            messages += count(run);
        }
        return messages;
    }

    /// Bytes of all bodies.
    long bytes() {
        long bytes = 0;
        for (int run = 0; run < size; run++) {
            bytes += (long) count(run) * bytes(run);
        }
        return bytes;
    }

    /// Number of runs.
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// First offset of the run.
    public long from(int run) {
        return from[run];
    }

    /// How many messages the run has.
    public int count(int run) {
        return facts[3 * run];
    }

    public int priority(int run) {
        return facts[3 * run + 1];
    }

    /// Bytes of each body; 0 where the queue need not know.
    public int bytes(int run) {
        return facts[3 * run + 2];
    }

    public void add(long offset, int count, int priority, int bytes) {
        int last = size - 1;
        if (last >= 0 && offset == from[last] + count(last) && priority(last) == priority && bytes(last) == bytes) {
            facts[3 * last] += count;
            return;
        }
        if (size == from.length) {
            from = Arrays.copyOf(from, size * 2);
            facts = Arrays.copyOf(facts, size * 6);
        }
        from[size] = offset;
        facts[3 * size] = count;
        facts[3 * size + 1] = priority;
        facts[3 * size + 2] = bytes;
        size++;
    }
}
