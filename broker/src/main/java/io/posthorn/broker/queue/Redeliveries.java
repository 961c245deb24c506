package io.posthorn.broker.queue;

import java.util.ArrayList;
import java.util.List;

/// Which messages of a queue may have been delivered before, and how often they came back. Costs nothing for
/// messages that never did.
public final class Redeliveries {
    /// More returns than this are not told apart.
    static final int MOST = 255;

    /// The set at index i holds the offsets that came back more than i times.
    private final List<OffsetSet> levels = new ArrayList<>(0);

    private long before;

    /// Everything before this offset counts as delivered once: an unclean stop has forgotten what was.
    public long before() {
        return before;
    }

    public void allBefore(long offset) {
        before = Math.max(before, offset);
    }

    public boolean isEmpty() {
        return before == 0 && levels.isEmpty();
    }

    public boolean contains(long offset) {
        return offset < before || (!levels.isEmpty() && levels.getFirst().contains(offset));
    }

    /// How often the message came back, as far as is known.
    public int count(long offset) {
        int count = 0;
        while (count < levels.size() && levels.get(count).contains(offset)) {
            count++;
        }
        return count;
    }

    /// A delivered range came back.
    public void add(long from, long to) {
        for (long offset = from; offset < to; offset++) {
            int count = count(offset);
            if (count < MOST) {
                level(count).add(offset);
            }
        }
    }

    /// A range came back `count` times, as a snapshot says.
    public void restore(int count, long from, long to) {
        level(count - 1).addRange(from, to);
    }

    /// A range is settled.
    public void remove(long from, long to) {
        for (int i = 0; i < levels.size(); i++) {
            levels.get(i).removeRange(from, to);
        }
        while (!levels.isEmpty() && levels.getLast().isEmpty()) {
            levels.removeLast();
        }
    }

    /// The offsets that came back more than `index` times; as many sets as there are such.
    public List<OffsetSet> levels() {
        return levels;
    }

    private OffsetSet level(int index) {
        while (levels.size() <= index) {
            levels.add(new OffsetSet());
        }
        return levels.get(index);
    }
}
