package io.posthorn.broker.producer;

import io.posthorn.broker.topic.AbortedTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The transactions of a partition that came to nothing, in the order of their markers. Immutable: each has what there
/// was when it was made, and shares the numbers with those before and behind it. 32 bytes a transaction.
///
/// With each goes the stable end that its marker left: every transaction that ends later begins there or behind it, so
/// that nobody has to look at all of them.
public final class AbortedTransactions {
    public static final AbortedTransactions NONE = new AbortedTransactions(new long[0], 0, 0);

    private static final int PRODUCER = 0;
    private static final int FIRST = 1;
    private static final int LAST = 2;
    private static final int STABLE = 3;
    private static final int WIDTH = 4;

    private final long[] numbers;
    private final int from;
    private final int to;

    private AbortedTransactions(long[] numbers, int from, int to) {
        this.numbers = numbers;
        this.from = from;
        this.to = to;
    }

    /// With one more; only ever asked of the newest. What is written lies behind the end of those before.
    ///
    /// @param stable the first offset that a transaction which ends later can have
    AbortedTransactions with(long producer, long first, long last, long stable) {
        long[] room = numbers;
        int begin = from;
        int end = to;
        if (end == room.length / WIDTH) {
            int size = to - from;
            room = Arrays.copyOf(
                    Arrays.copyOfRange(numbers, from * WIDTH, to * WIDTH), Math.max(4, size + size / 2) * WIDTH);
            begin = 0;
            end = size;
        }
        int at = end * WIDTH;
        room[at + PRODUCER] = producer;
        room[at + FIRST] = first;
        room[at + LAST] = last;
        room[at + STABLE] = stable;
        return new AbortedTransactions(room, begin, end + 1);
    }

    /// Without those that lie before `offset` as a whole.
    AbortedTransactions from(long offset) {
        int first = endingFrom(offset);
        if (first == from) {
            return this;
        }
        return first == to ? NONE : new AbortedTransactions(numbers, first, to);
    }

    public int size() {
        return to - from;
    }

    public long producer(int transaction) {
        return numbers[(from + transaction) * WIDTH + PRODUCER];
    }

    /// Offset of its first record.
    public long first(int transaction) {
        return numbers[(from + transaction) * WIDTH + FIRST];
    }

    /// Offset of its marker.
    public long last(int transaction) {
        return numbers[(from + transaction) * WIDTH + LAST];
    }

    public long stable(int transaction) {
        return numbers[(from + transaction) * WIDTH + STABLE];
    }

    /// Those that have records from one offset to before another.
    public List<AbortedTransaction> between(long start, long end) {
        int each = endingFrom(start);
        if (each == to) {
            return List.of();
        }
        var found = new ArrayList<AbortedTransaction>();
        for (; each < to; each++) {
            int at = each * WIDTH;
            if (numbers[at + FIRST] < end) {
                found.add(new AbortedTransaction(numbers[at + PRODUCER], numbers[at + FIRST], numbers[at + LAST]));
            }
            if (numbers[at + STABLE] >= end) {
                break;
            }
        }
        return found;
    }

    /// Whether what a producer has put at this offset, in a transaction that has ended, is of one of these.
    public boolean contains(long producer, long offset) {
        for (int each = endingFrom(offset); each < to; each++) {
            int at = each * WIDTH;
            if (numbers[at + PRODUCER] == producer && numbers[at + FIRST] <= offset) {
                return true;
            }
            if (numbers[at + STABLE] > offset) {
                return false;
            }
        }
        return false;
    }

    /// The first that ends at this offset or behind it.
    private int endingFrom(long offset) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (numbers[middle * WIDTH + LAST] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
