package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Messages of a queue that came back and wait before they are ready again. Nobody holds them, and they are not
/// settled. Only memory knows them: after a restart they do not wait any more.
///
/// Ranges of offsets that are due together, as a heap by that time.
final class DelayedRetries {
    private static final int DUE = 0;
    private static final int FROM = 1;
    private static final int TO = 2;

    /// Numbers of each range.
    private static final int WIDTH = 3;

    private final RetryDelay delay;
    private long[] heap = new long[8 * WIDTH];

    /// How many ranges there are.
    private int size;

    private long count;

    private DelayedRetries(RetryDelay delay) {
        this.delay = delay;
    }

    /// Null for a queue in which what comes back is ready at once.
    static @Nullable DelayedRetries of(QueueSettings settings) {
        return settings.retryDelay() == null ? null : new DelayedRetries(settings.retryDelay());
    }

    /// Whether what comes back so waits.
    boolean isFor(Outcome outcome) {
        return delay.isFor(outcome);
    }

    /// How many messages wait.
    long count() {
        return count;
    }

    /// When the first range is due; [Message#NEVER] when none is there.
    long firstDue() {
        return size == 0 ? Message.NEVER : heap[DUE];
    }

    /// First offset of the range that is due first, inclusive.
    long firstFrom() {
        return heap[FROM];
    }

    /// Its end, exclusive.
    long firstTo() {
        return heap[TO];
    }

    /// A range comes back.
    void add(long from, long to, Redeliveries redeliveries, long now) {
        long start = from;
        while (start < to) {
            int count = redeliveries.count(start);
            long end = start + 1;
            while (end < to && redeliveries.count(end) == count) {
                end++;
            }
            add(now + delay.millis(count), start, end);
            start = end;
        }
    }

    private void add(long due, long from, long to) {
        if (size * WIDTH == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heap.length);
        }
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2 * WIDTH + DUE] > due) {
            copy((at - 1) / 2, at);
            at = (at - 1) / 2;
        }
        heap[at * WIDTH + DUE] = due;
        heap[at * WIDTH + FROM] = from;
        heap[at * WIDTH + TO] = to;
        count += to - from;
    }

    /// Takes out the range that is due first; there must be one.
    void removeFirst() {
        count -= firstTo() - firstFrom();
        int last = --size;
        int at = 0;
        while (2 * at + 1 < last) {
            int child = sooner(2 * at + 1, 2 * at + 2, last);
            if (heap[last * WIDTH + DUE] <= heap[child * WIDTH + DUE]) {
                break;
            }
            copy(child, at);
            at = child;
        }
        copy(last, at);
        if (size == 0 && heap.length > 1024) {
            heap = new long[8 * WIDTH];
        }
    }

    private int sooner(int left, int right, int end) {
        return right < end && heap[right * WIDTH + DUE] < heap[left * WIDTH + DUE] ? right : left;
    }

    private void copy(int from, int to) {
        System.arraycopy(heap, from * WIDTH, heap, to * WIDTH, WIDTH);
    }
}
