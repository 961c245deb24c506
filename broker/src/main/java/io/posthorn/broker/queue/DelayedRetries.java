package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import java.util.Arrays;

/// Messages of a queue that came back and wait before they are ready again. Nobody holds them, and they are not
/// settled. The journal knows them, so that they wait over restarts too.
///
/// Ranges of offsets that are due together, as a heap by that time.
public final class DelayedRetries {
    private static final int DUE = 0;
    private static final int FROM = 1;
    private static final int TO = 2;

    /// Numbers of each range.
    private static final int WIDTH = 3;

    private long[] heap = new long[8 * WIDTH];

    /// How many ranges there are.
    private int size;

    private long count;

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

    /// A range waits from now on.
    public void add(long due, long from, long to) {
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

    /// Forgets what was due by then.
    public void forgetUntil(long time) {
        while (firstDue() <= time) {
            removeFirst();
        }
    }

    /// Keeps only what `which` says of each range.
    void refine(Refinement which) {
        long[] all = heap;
        int ranges = size;
        heap = new long[8 * WIDTH];
        size = 0;
        count = 0;
        for (int i = 0; i < ranges; i++) {
            which.add(all[i * WIDTH + DUE], all[i * WIDTH + FROM], all[i * WIDTH + TO], this);
        }
    }

    /// What is left of one range is added to those that are kept.
    interface Refinement {
        void add(long due, long from, long to, DelayedRetries kept);
    }

    /// How many ranges wait.
    public int size() {
        return size;
    }

    public long due(int index) {
        return heap[index * WIDTH + DUE];
    }

    public long from(int index) {
        return heap[index * WIDTH + FROM];
    }

    public long to(int index) {
        return heap[index * WIDTH + TO];
    }

    private int sooner(int left, int right, int end) {
        return right < end && heap[right * WIDTH + DUE] < heap[left * WIDTH + DUE] ? right : left;
    }

    private void copy(int from, int to) {
        System.arraycopy(heap, from * WIDTH, heap, to * WIDTH, WIDTH);
    }
}
