package io.posthorn.broker.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a queue knows of each message that has not left it, where offsets alone do not tell: priority and size. Also
/// which of them are ready, for an order that asks.
///
/// A table of pages, so that what it takes depends on how many messages there are, and not on how far apart
/// they lie.
public final class MessageTable {
    private long[] firsts = new long[4];
    private MessagePage[] pages = new MessagePage[4];

    /// Of each page, see [MessagePage#top].
    private char[] tops = new char[4];

    private int begin;
    private int size;
    private long live;

    /// How many messages there are.
    long live() {
        return live;
    }

    public boolean isEmpty() {
        return live == 0;
    }

    // ---- Messages come and leave

    /// What is known of messages; they may be before others, as when a snapshot is read, or known already. None goes
    /// between two of a page.
    public void add(MessageRuns runs) {
        for (int run = 0; run < runs.size(); run++) {
            for (int i = 0; i < runs.count(run); i++) {
                add(runs.from(run) + i, runs.priority(run), runs.bytes(run));
            }
        }
    }

    void add(long offset, int priority, int bytes) {
        int at = floor(offset);
        if (at < 0 || pages[at].last() < offset) {
            append(at, offset, priority, bytes);
        } else {
            replace(at, offset, priority, bytes);
        }
    }

    /// What another table knows of messages that are here too.
    void replaceKnown(MessageTable other) {
        for (int at = other.begin; at < other.end(); at++) {
            MessagePage page = other.pages[at];
            for (int i = 0; i < page.count(); i++) {
                int here = page.isGone(i) ? -1 : floor(page.offset(i));
                if (here >= 0) {
                    replace(here, page.offset(i), page.priority(i), page.size(i));
                }
            }
        }
    }

    private void replace(int at, long offset, int priority, int bytes) {
        MessagePage page = pages[at];
        int index = page.ceiling(offset);
        if (index < page.count() && page.offset(index) == offset) {
            live += page.isGone(index) ? 1 : 0;
            page.replace(index, priority, bytes);
        }
    }

    private void append(int after, long offset, int priority, int bytes) {
        int at = after;
        if (at < 0 || !pages[at].hasRoomFor(offset)) {
            at = after < 0 ? begin : after + 1;
            at = insert(at, new MessagePage(offset));
        }
        pages[at].add(offset, priority, bytes);
        live++;
    }

    /// Messages leave; they are not ready.
    void remove(long from, long to) {
        int at = Math.max(begin, floor(from));
        while (at < end() && pages[at].first() < to) {
            MessagePage page = pages[at];
            for (int i = page.ceiling(from); i < page.count() && page.offset(i) < to; i++) {
                if (!page.isGone(i)) {
                    page.setGone(i);
                    live--;
                }
            }
            at = tidy(at) + 1;
        }
    }

    /// @return the index before that of the page to go on with
    private int tidy(int at) {
        MessagePage page = pages[at];
        int left = page.live();
        if (left == 0) {
            delete(at);
            // Deleting the first moves the begin, so that its neighbour is where it was.
            return at < begin ? at : at - 1;
        }
        if (left > page.count() / 2) {
            return at;
        }
        if (at > begin && pages[at - 1].hasRoomFor(page)) {
            return merge(at - 1);
        }
        if (at + 1 < end() && page.hasRoomFor(pages[at + 1])) {
            // The other page is still to be looked at.
            return merge(at) - 1;
        }
        rewrite(at, page, null);
        return at;
    }

    private int merge(int at) {
        rewrite(at, pages[at], pages[at + 1]);
        delete(at + 1);
        return at;
    }

    private void rewrite(int at, MessagePage one, @Nullable MessagePage other) {
        var fresh = new MessagePage(firstLive(one));
        fresh.addAll(one);
        if (other != null) {
            fresh.addAll(other);
        }
        pages[at] = fresh;
        firsts[at] = fresh.first();
        tops[at] = (char) fresh.top();
    }

    private static long firstLive(MessagePage page) {
        int i = 0;
        while (page.isGone(i)) {
            i++;
        }
        return page.offset(i);
    }

    // ---- What is known

    /// How large a message is; 0 also for one that was never weighed, or that is not here.
    int sizeOf(long offset) {
        int at = floor(offset);
        int index = at < 0 ? 0 : pages[at].ceiling(offset);
        boolean isHere = at >= 0 && index < pages[at].count() && pages[at].offset(index) == offset;
        return isHere ? pages[at].size(index) : 0;
    }

    /// How large a message is becomes known; one that is not here comes.
    void weigh(long offset, int bytes) {
        int at = floor(offset);
        int index = at < 0 ? 0 : pages[at].ceiling(offset);
        boolean isHere = at >= 0 && index < pages[at].count() && pages[at].offset(index) == offset;
        add(offset, isHere ? pages[at].priority(index) : 0, bytes);
    }

    /// Bytes of the bodies in a range.
    long bytes(long from, long to) {
        long bytes = 0;
        for (int at = Math.max(begin, floor(from)); at < end() && firsts[at] < to; at++) {
            MessagePage page = pages[at];
            for (int i = page.ceiling(from); i < page.count() && page.offset(i) < to; i++) {
                bytes += page.isGone(i) ? 0 : page.size(i);
            }
        }
        return bytes;
    }

    /// Adds what is known of messages from an offset on to a list, until it has about so many runs.
    ///
    /// @return where to go on, or [OffsetSet#NONE] when there is no more
    public long collect(long start, int most, MessageRuns runs) {
        for (int at = Math.max(begin, floor(start)); at < end(); at++) {
            MessagePage page = pages[at];
            if (runs.size() >= most) {
                return page.first();
            }
            for (int i = page.ceiling(start); i < page.count(); i++) {
                if (!page.isGone(i)) {
                    runs.add(page.offset(i), 1, page.priority(i), page.size(i));
                }
            }
        }
        return OffsetSet.NONE;
    }

    // ---- Which are ready

    /// Marks those of a range as ready that are not.
    void makeReady(long from, long to, PriorityTally tally, Redeliveries redeliveries, boolean redelivered) {
        for (int at = Math.max(begin, floor(from)); at < end() && firsts[at] < to; at++) {
            MessagePage page = pages[at];
            for (int i = page.ceiling(from); i < page.count() && page.offset(i) < to; i++) {
                if (!page.isGone(i) && !page.isReady(i)) {
                    long offset = page.offset(i);
                    page.setReady(i);
                    tally.added(page.priority(i), offset);
                    tops[at] = (char) Math.max(tops[at], page.priority(i) + 1);
                    if (redelivered) {
                        redeliveries.add(offset, offset + 1);
                    }
                }
            }
        }
    }

    boolean isReady(long offset) {
        int at = floor(offset);
        int index = at < 0 ? 0 : pages[at].ceiling(offset);
        return at >= 0 && index < pages[at].count() && pages[at].offset(index) == offset && pages[at].isReady(index);
    }

    /// Marks a message as not ready.
    void take(long offset, PriorityTally tally) {
        int at = floor(offset);
        if (at < 0) {
            return;
        }
        MessagePage page = pages[at];
        int index = page.ceiling(offset);
        if (index < page.count() && page.offset(index) == offset && page.isReady(index)) {
            page.setTaken(index);
            int priority = page.priority(index);
            tally.removed(priority);
            if (tops[at] == priority + 1) {
                tops[at] = (char) page.top();
            }
        }
    }

    /// The first message of the highest priority there is, which is ready and not before an offset.
    long first(int priority, long from) {
        for (int at = Math.max(begin, floor(from)); at < end(); at++) {
            if (tops[at] == priority + 1) {
                MessagePage page = pages[at];
                for (int i = page.nextReady(0); i < page.count(); i = page.nextReady(i + 1)) {
                    if (page.priority(i) == priority) {
                        return page.offset(i);
                    }
                }
            }
        }
        return OffsetSet.NONE;
    }

    /// The last message of the highest priority there is, which is ready and not behind an offset.
    long last(int priority, long to) {
        for (int at = floor(to); at >= begin; at--) {
            if (tops[at] == priority + 1) {
                MessagePage page = pages[at];
                for (int i = page.lastReady(page.count() - 1); i >= 0; i = page.lastReady(i - 1)) {
                    if (page.priority(i) == priority) {
                        return page.offset(i);
                    }
                }
            }
        }
        return OffsetSet.NONE;
    }

    /// Adds messages of one priority that are ready to an array, in the order of their offsets or against it.
    ///
    /// @return how many there are in the array then
    int collectReady(int priority, long from, boolean backward, long[] offsets, int start) {
        int count = start;
        int step = backward ? -1 : 1;
        int at = backward ? floor(from) : Math.max(begin, floor(from));
        for (; at >= begin && at < end() && count < offsets.length; at += step) {
            if (tops[at] <= priority) {
                continue;
            }
            MessagePage page = pages[at];
            int i = backward ? page.lastReady(page.count() - 1) : page.nextReady(0);
            while (i >= 0 && i < page.count() && count < offsets.length) {
                if (page.priority(i) == priority) {
                    offsets[count++] = page.offset(i);
                }
                i = backward ? page.lastReady(i - 1) : page.nextReady(i + 1);
            }
        }
        return count;
    }

    /// Marks all as not ready.
    void takeAll(OffsetRanges taken) {
        for (int at = begin; at < end(); at++) {
            MessagePage page = pages[at];
            for (int i = page.nextReady(0); i < page.count(); i = page.nextReady(i + 1)) {
                page.setTaken(i);
                taken.add(page.offset(i), page.offset(i) + 1);
            }
            tops[at] = 0;
        }
    }

    // ---- Pages

    private int end() {
        return begin + size;
    }

    /// The last page that begins at or before an offset; -1 when all begin behind it.
    private int floor(long offset) {
        int low = begin;
        int high = end() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < begin ? -1 : high;
    }

    /// @return where it is then
    private int insert(int at, MessagePage page) {
        int index = at - begin;
        if (end() == pages.length) {
            makeRoom();
        }
        int target = begin + index;
        move(target, target + 1, end() - target);
        firsts[target] = page.first();
        pages[target] = page;
        tops[target] = 0;
        size++;
        return target;
    }

    private void delete(int at) {
        size--;
        if (at == begin) {
            pages[begin++] = GONE;
            return;
        }
        move(at + 1, at, begin + size - at);
        pages[end()] = GONE;
    }

    /// What lets go of a page in the array of them.
    private static final MessagePage GONE = new MessagePage(0);

    private void makeRoom() {
        int old = begin;
        int capacity = begin > size / 4 ? pages.length : Math.max(4, size + size / 2);
        if (capacity == pages.length) {
            move(old, 0, size);
            Arrays.fill(pages, size, pages.length, GONE);
        } else {
            firsts = Arrays.copyOf(Arrays.copyOfRange(firsts, old, old + size), capacity);
            pages = Arrays.copyOf(Arrays.copyOfRange(pages, old, old + size), capacity);
            tops = Arrays.copyOf(Arrays.copyOfRange(tops, old, old + size), capacity);
        }
        begin = 0;
    }

    private void move(int from, int to, int count) {
        System.arraycopy(firsts, from, firsts, to, count);
        System.arraycopy(pages, from, pages, to, count);
        System.arraycopy(tops, from, tops, to, count);
    }
}
