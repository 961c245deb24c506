package io.posthorn.broker.queue;

import org.jspecify.annotations.Nullable;

/// Some neighbours of a [MessageTable], in the order of their offsets: what is known of each, and whether it is
/// ready. Those that have left it are marked, until the page is written anew.
///
/// Full, and with a byte for the priority, it takes about two bytes a message.
final class MessagePage {
    static final int CAPACITY = 128;
    private static final int FARTHEST = Character.MAX_VALUE;

    private final long first;
    private final Column priorities = new Column();
    private final Column sizes = new Column();

    /// Distances from the first offset; null while offsets follow one another.
    private @Nullable Column distances;

    private int count;
    private long readyLow;
    private long readyHigh;
    private long goneLow;
    private long goneHigh;

    MessagePage(long first) {
        this.first = first;
    }

    int count() {
        return count;
    }

    int live() {
        return count - Long.bitCount(goneLow) - Long.bitCount(goneHigh);
    }

    long first() {
        return first;
    }

    long last() {
        return offset(count - 1);
    }

    long offset(int index) {
        Column apart = distances;
        return first + (apart == null ? index : apart.get(index));
    }

    /// Whether a message can be added behind the last.
    boolean hasRoomFor(long offset) {
        return count < CAPACITY && offset - first <= FARTHEST;
    }

    /// Whether all of another page that lies behind this one fits here.
    boolean hasRoomFor(MessagePage other) {
        return live() + other.live() <= CAPACITY * 3 / 4 && other.last() - first <= FARTHEST;
    }

    void add(long offset, int priority, int size) {
        if (distances == null && offset != first + count) {
            var apart = new Column();
            for (int i = 0; i < count; i++) {
                apart.set(i, i, i);
            }
            distances = apart;
        }
        Column apart = distances;
        if (apart != null) {
            apart.set(count, (int) (offset - first), count);
        }
        priorities.set(count, priority, count);
        sizes.set(count, size, count);
        count++;
    }

    /// What is known of a message changes.
    void replace(int index, int priority, int size) {
        priorities.set(index, priority, count);
        sizes.set(index, size, count);
        goneLow &= ~low(index);
        goneHigh &= ~high(index);
    }

    /// Adds those of another page that have not left it.
    void addAll(MessagePage other) {
        for (int i = 0; i < other.count; i++) {
            if (!other.isGone(i)) {
                add(other.offset(i), other.priority(i), other.size(i));
                if (other.isReady(i)) {
                    setReady(count - 1);
                }
            }
        }
    }

    /// The first message at or behind an offset; the count when there is none.
    int ceiling(long offset) {
        int low = 0;
        int high = count;
        if (distances == null) {
            return Math.clamp(offset - first, 0, count);
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offset(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int priority(int index) {
        return priorities.get(index);
    }

    int size(int index) {
        return sizes.get(index);
    }

    boolean isReady(int index) {
        return ((readyLow & low(index)) | (readyHigh & high(index))) != 0;
    }

    void setReady(int index) {
        readyLow |= low(index);
        readyHigh |= high(index);
    }

    void setTaken(int index) {
        readyLow &= ~low(index);
        readyHigh &= ~high(index);
    }

    boolean isGone(int index) {
        return ((goneLow & low(index)) | (goneHigh & high(index))) != 0;
    }

    void setGone(int index) {
        setTaken(index);
        goneLow |= low(index);
        goneHigh |= high(index);
    }

    /// The highest priority of those ready, plus one; 0 when none is.
    int top() {
        int top = 0;
        for (int i = nextReady(0); i < count; i = nextReady(i + 1)) {
            top = Math.max(top, priorities.get(i) + 1);
        }
        return top;
    }

    /// The first message at or behind an index that is ready; [#CAPACITY] when there is none.
    int nextReady(int index) {
        long rest = index < Long.SIZE ? readyLow & (-1L << index) : 0;
        if (rest != 0) {
            return Long.numberOfTrailingZeros(rest);
        }
        if (index >= CAPACITY) {
            return CAPACITY;
        }
        rest = index <= Long.SIZE ? readyHigh : readyHigh & (-1L << index);
        return rest == 0 ? CAPACITY : Long.SIZE + Long.numberOfTrailingZeros(rest);
    }

    /// The last message at or before an index that is ready; -1 when there is none.
    int lastReady(int index) {
        if (index >= Long.SIZE) {
            long rest = readyHigh & (-1L >>> -(index + 1));
            if (rest != 0) {
                return CAPACITY - 1 - Long.numberOfLeadingZeros(rest);
            }
        }
        if (index < 0) {
            return -1;
        }
        long rest = index >= Long.SIZE - 1 ? readyLow : readyLow & (-1L >>> -(index + 1));
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(rest);
    }

    private static long low(int index) {
        return index < Long.SIZE ? 1L << index : 0;
    }

    private static long high(int index) {
        return index < Long.SIZE ? 0 : 1L << index;
    }
}
