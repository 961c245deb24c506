package io.posthorn.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest part of the journal, in memory: appended here first, written from here, and read from here until the
/// budget is used up. Counted by slab. Guarded by the storage's lock.
final class JournalTail {
    private static final int LARGEST_SLAB = 1 << 20;
    private static final int SMALLEST_SLAB = 4096;

    private final long budget;
    private final int slabSize;

    /// What one flush frees is taken again by what is appended next. To the garbage collector it would be a
    /// heap of large old arrays, for which the heap grows as far as it may.
    private final int mostSpare;

    private final List<Slab> slabs = new ArrayList<>();
    private final ArrayDeque<Slab> spare = new ArrayDeque<>();
    private long bytes;

    JournalTail(long budget) {
        this.budget = budget;
        slabSize = Math.clamp(budget / 8, SMALLEST_SLAB, LARGEST_SLAB);
        mostSpare = Math.max(2, (int) (budget / 4 / slabSize));
    }

    /// A slab with room for `size` bytes behind the journal's end; a new one when the last is too full.
    ///
    /// @param together whether it is to be written with what was reserved last
    Slab reserve(long end, int size, boolean together) {
        if (!slabs.isEmpty() && slabs.getLast().array.length - slabs.getLast().used >= size) {
            return slabs.getLast();
        }
        Slab slab = size > slabSize || spare.isEmpty() ? new Slab(Math.max(size, slabSize)) : spare.pop();
        slab.base = end;
        slab.used = 0;
        slab.inTail = true;
        slab.goesOn = false;
        if (together) {
            slabs.getLast().goesOn = true;
        }
        slabs.add(slab);
        bytes += slab.array.length;
        return slab;
    }

    /// Whether bytes wait behind which no more will be added: they are worth writing without being asked.
    boolean hasFullSlabFrom(long position) {
        return slabs.size() > 1 && slabs.get(slabs.size() - 2).end() > position;
    }

    long bytes() {
        return bytes;
    }

    /// The slab that holds the frame at `position`; null when it has left the memory.
    @Nullable
    Slab find(long position) {
        int i = indexOf(position);
        return i < 0 ? null : slabs.get(i);
    }

    private int indexOf(long position) {
        int low = 0;
        int high = slabs.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (slabs.get(middle).base <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && position < slabs.get(high).end() ? high : -1;
    }

    /// The slabs from the one that holds `position` on, as many as have `most` bytes in all, but at least one.
    List<Slab> from(long position, long most) {
        var run = new ArrayList<Slab>();
        long size = 0;
        int first = indexOf(position);
        for (int i = first; i >= 0 && i < slabs.size(); i++) {
            Slab slab = slabs.get(i);
            long more = slab.end() - Math.max(position, slab.base);
            if (i > first && size + more > most && !slabs.get(i - 1).goesOn) {
                break;
            }
            run.add(slab);
            size += more;
        }
        return run;
    }

    /// Lets go of the oldest slabs beyond the budget, durable ones only.
    void evict(long durableEnd) {
        int count = 0;
        while (bytes > budget && count < slabs.size() - 1 && slabs.get(count).end() <= durableEnd) {
            Slab slab = slabs.get(count++);
            slab.inTail = false;
            bytes -= slab.array.length;
            recycle(slab);
        }
        if (count > 0) {
            slabs.subList(0, count).clear();
        }
    }

    void unpin(Slab slab) {
        slab.pins--;
        recycle(slab);
    }

    private void recycle(Slab slab) {
        if (slab.pins == 0 && !slab.inTail && slab.array.length == slabSize && spare.size() < mostSpare) {
            spare.push(slab);
        }
    }
}
