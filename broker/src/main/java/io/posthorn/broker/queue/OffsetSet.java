package io.posthorn.broker.queue;

import java.util.Arrays;

/// A sorted set of offsets: a bit each, in pages of 4,096. Pages that are empty do not exist, and all full ones
/// are the same.
///
/// So 10 million offsets with a gap behind each cost 2.5 MB, and without gaps 0.1 MB.
public final class OffsetSet {
    /// What is answered when there is no such offset.
    public static final long NONE = -1;

    private static final int PAGE_BITS = 12;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;
    private static final int WORDS = PAGE_SIZE / Long.SIZE;
    private static final long[] FULL = fullPage();
    private static final long[] NO_KEYS = {};
    private static final Page[] NO_PAGES = {};

    private long[] keys = NO_KEYS;
    private Page[] pages = NO_PAGES;
    private int size;
    private int last;
    private long cardinality;

    private static final class Page {
        long[] words = new long[WORDS];
        int count;

        boolean isFull() {
            return count == PAGE_SIZE;
        }

        /// A full page shares its words with all others.
        void makeOwn() {
            if (isFull()) {
                words = words.clone();
            }
        }
    }

    public long cardinality() {
        return cardinality;
    }

    public boolean isEmpty() {
        return cardinality == 0;
    }

    public boolean contains(long offset) {
        int at = find(offset >> PAGE_BITS);
        return at >= 0 && (pages[at].words[word(offset)] & (1L << offset)) != 0;
    }

    public void add(long offset) {
        addRange(offset, offset + 1);
    }

    public void remove(long offset) {
        removeRange(offset, offset + 1);
    }

    /// @param from inclusive
    /// @param to exclusive
    /// @return how many were not in the set before
    public long addRange(long from, long to) {
        long before = cardinality;
        long offset = from;
        while (offset < to) {
            long end = Math.min(to, ((offset >> PAGE_BITS) + 1) << PAGE_BITS);
            addToPage(offset, end);
            offset = end;
        }
        return cardinality - before;
    }

    /// @return how many were in the set before
    public long removeRange(long from, long to) {
        long before = cardinality;
        int at = ceiling(from >> PAGE_BITS);
        while (at < size && keys[at] <= (to - 1) >> PAGE_BITS) {
            long pageStart = keys[at] << PAGE_BITS;
            removeFromPage(at, Math.max(from, pageStart), Math.min(to, pageStart + PAGE_SIZE));
            if (pages[at].count == 0) {
                at = dropEmptyPages(at, to);
            } else {
                at++;
            }
        }
        return before - cardinality;
    }

    /// The lowest offset, or [#NONE].
    public long first() {
        return size == 0 ? NONE : firstFrom(keys[0] << PAGE_BITS);
    }

    /// The lowest offset that is `offset` or higher, or [#NONE].
    public long firstFrom(long offset) {
        long start = offset;
        for (int at = ceiling(offset >> PAGE_BITS); at < size; at++) {
            long pageStart = keys[at] << PAGE_BITS;
            long found = nextSet(pages[at].words, (int) (Math.max(start, pageStart) - pageStart));
            if (found >= 0) {
                return pageStart + found;
            }
        }
        return NONE;
    }

    /// The highest offset, or [#NONE].
    public long last() {
        return size == 0 ? NONE : lastBefore((keys[size - 1] + 1) << PAGE_BITS);
    }

    /// The highest offset that is lower than `offset`, or [#NONE].
    public long lastBefore(long offset) {
        for (int at = ceiling(((offset - 1) >> PAGE_BITS) + 1) - 1; at >= 0; at--) {
            long pageStart = keys[at] << PAGE_BITS;
            long found = lastSet(pages[at].words, (int) Math.min(offset - pageStart, PAGE_SIZE) - 1);
            if (found >= 0) {
                return pageStart + found;
            }
        }
        return NONE;
    }

    /// Adds what of a range is not in the set, and counts that as delivered.
    void addAbsent(long from, long to, Redeliveries redeliveries) {
        long start = firstAbsentFrom(from);
        while (start < to) {
            long next = firstFrom(start);
            long end = next == NONE ? to : Math.min(next, to);
            redeliveries.add(start, end);
            addRange(start, end);
            start = firstAbsentFrom(end);
        }
    }

    /// Empties the set into a list of ranges.
    void drainTo(OffsetRanges ranges) {
        for (long from = first(); from != NONE; from = first()) {
            long to = firstAbsentFrom(from);
            removeRange(from, to);
            ranges.add(from, to);
        }
    }

    /// The lowest offset that is `offset` or higher and not in the set.
    public long firstAbsentFrom(long offset) {
        long candidate = offset;
        int at = find(candidate >> PAGE_BITS);
        while (at >= 0 && at < size && keys[at] == candidate >> PAGE_BITS) {
            Page page = pages[at];
            long pageStart = keys[at] << PAGE_BITS;
            int clear = page.isFull() ? PAGE_SIZE : nextClear(page.words, (int) (candidate - pageStart));
            if (clear < PAGE_SIZE) {
                return pageStart + clear;
            }
            candidate = pageStart + PAGE_SIZE;
            at++;
        }
        return candidate;
    }

    /// How many offsets of the set are `offset` or higher.
    public long countFrom(long offset) {
        long count = 0;
        for (int at = ceiling(offset >> PAGE_BITS); at < size; at++) {
            long pageStart = keys[at] << PAGE_BITS;
            count += pageStart >= offset ? pages[at].count : countFrom(pages[at].words, (int) (offset - pageStart));
        }
        return count;
    }

    public void clear() {
        keys = NO_KEYS;
        pages = NO_PAGES;
        size = 0;
        last = 0;
        cardinality = 0;
    }

    private void addToPage(long from, long to) {
        Page page = pageFor(from >> PAGE_BITS);
        if (page.isFull()) {
            return;
        }
        int before = page.count;
        int first = word(from);
        int lastWord = word(to - 1);
        for (int i = first; i <= lastWord; i++) {
            long mask = mask(i, first, lastWord, from, to);
            page.count += Long.bitCount(mask & ~page.words[i]);
            page.words[i] |= mask;
        }
        cardinality += page.count - before;
        if (page.isFull()) {
            page.words = FULL;
        }
    }

    private void removeFromPage(int at, long from, long to) {
        Page page = pages[at];
        int first = word(from);
        int lastWord = word(to - 1);
        int before = page.count;
        page.makeOwn();
        for (int i = first; i <= lastWord; i++) {
            long mask = mask(i, first, lastWord, from, to);
            page.count -= Long.bitCount(mask & page.words[i]);
            page.words[i] &= ~mask;
        }
        cardinality -= before - page.count;
    }

    /// Bits of word `i` that lie in the range whose first and last words are given.
    private static long mask(int i, int first, int lastWord, long from, long to) {
        long mask = -1L;
        if (i == first) {
            mask &= -1L << from;
        }
        if (i == lastWord) {
            mask &= -1L >>> -to;
        }
        return mask;
    }

    private Page pageFor(long key) {
        int at = find(key);
        return at >= 0 ? pages[at] : insert(-at - 1, key);
    }

    private Page insert(int at, long key) {
        if (size == keys.length) {
            int capacity = Math.max(2, size * 2);
            keys = Arrays.copyOf(keys, capacity);
            pages = Arrays.copyOf(pages, capacity);
        }
        System.arraycopy(keys, at, keys, at + 1, size - at);
        System.arraycopy(pages, at, pages, at + 1, size - at);
        keys[at] = key;
        pages[at] = new Page();
        size++;
        last = at;
        return pages[at];
    }

    /// Removes the page at this index, and with one move all that follow it and lie wholly before `to`.
    private int dropEmptyPages(int at, long to) {
        int end = at + 1;
        while (end < size && (keys[end] + 1) << PAGE_BITS <= to) {
            cardinality -= pages[end].count;
            end++;
        }
        System.arraycopy(keys, end, keys, at, size - end);
        System.arraycopy(pages, end, pages, at, size - end);
        Arrays.fill(pages, size - (end - at), size, null);
        size -= end - at;
        last = 0;
        return at;
    }

    /// Index of the page, or `-(insertion point) - 1`. Neighbours are asked for one after the other, so the
    /// page found last is tried first.
    private int find(long key) {
        if (last < size && keys[last] == key) {
            return last;
        }
        int at = Arrays.binarySearch(keys, 0, size, key);
        if (at >= 0) {
            last = at;
        }
        return at;
    }

    private int ceiling(long key) {
        int at = find(key);
        return at >= 0 ? at : -at - 1;
    }

    private static int word(long offset) {
        return (int) (offset & (PAGE_SIZE - 1)) >> 6;
    }

    private static int nextSet(long[] words, int from) {
        int i = from >> 6;
        long word = words[i] & (-1L << from);
        while (word == 0) {
            if (++i == WORDS) {
                return -1;
            }
            word = words[i];
        }
        return (i << 6) + Long.numberOfTrailingZeros(word);
    }

    /// The highest set bit at or below `from`, or -1.
    private static int lastSet(long[] words, int from) {
        int i = from >> 6;
        long word = words[i] & (-1L >>> -(from + 1));
        while (word == 0) {
            if (--i < 0) {
                return -1;
            }
            word = words[i];
        }
        return (i << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
    }

    private static int nextClear(long[] words, int from) {
        int i = from >> 6;
        long word = ~words[i] & (-1L << from);
        while (word == 0) {
            if (++i == WORDS) {
                return PAGE_SIZE;
            }
            word = ~words[i];
        }
        return (i << 6) + Long.numberOfTrailingZeros(word);
    }

    private static long countFrom(long[] words, int from) {
        int i = from >> 6;
        long count = Long.bitCount(words[i] & (-1L << from));
        while (++i < WORDS) {
            count += Long.bitCount(words[i]);
        }
        return count;
    }

    private static long[] fullPage() {
        long[] words = new long[WORDS];
        Arrays.fill(words, -1L);
        return words;
    }
}
