package io.posthorn.broker.queue;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The key of each message of a queue that is fair to keys: the hash of header `x-fair-by`. Two keys with one hash
/// share their turns, which does no harm. At 8 bytes a message that has not left.
public final class MessageKeys {
    /// The hash that stands for a message without a key.
    static final long NO_KEY = 0;

    private static final Bytes HEADER = Bytes.utf8("x-fair-by");
    private static final int PAGE_BITS = 8;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;
    private static final long ABSENT = Long.MIN_VALUE;

    private final Map<Long, Page> pages = new HashMap<>();

    private static final class Page {
        final long[] hashes = new long[PAGE_SIZE];
        int live;

        Page() {
            Arrays.fill(hashes, ABSENT);
        }
    }

    /// The hashes of a batch's keys, in order.
    static long[] of(RecordBatch batch) {
        long[] hashes = new long[batch.offsetCount()];
        if (batch.isCompressed()) {
            Arrays.fill(hashes, NO_KEY);
            return hashes;
        }
        RecordCursor record = batch.records();
        for (int i = 0; record.next(); i++) {
            hashes[i] = hash(record.header(HEADER));
        }
        return hashes;
    }

    private static long hash(@Nullable Bytes key) {
        if (key == null) {
            return NO_KEY;
        }
        // FNV-1a, with its bits mixed once more.
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ (key.get(i) & 0xFF)) * 0x100000001B3L;
        }
        hash ^= hash >>> 32;
        return hash == NO_KEY || hash == ABSENT ? 1 : hash;
    }

    public boolean isEmpty() {
        return pages.isEmpty();
    }

    /// Messages come in, with these keys.
    public void add(long base, long[] hashes) {
        for (int i = 0; i < hashes.length; i++) {
            long offset = base + i;
            Page page = pages.computeIfAbsent(offset >>> PAGE_BITS, _ -> new Page());
            int at = (int) (offset & (PAGE_SIZE - 1));
            page.live += page.hashes[at] == ABSENT ? 1 : 0;
            page.hashes[at] = hashes[i];
        }
    }

    /// The key of a message; of one that is not known, that of messages without a key.
    long hash(long offset) {
        Page page = pages.get(offset >>> PAGE_BITS);
        long hash = page == null ? ABSENT : page.hashes[(int) (offset & (PAGE_SIZE - 1))];
        return hash == ABSENT ? NO_KEY : hash;
    }

    /// Messages leave.
    void remove(long from, long to) {
        long offset = from;
        while (offset < to) {
            long number = offset >>> PAGE_BITS;
            long end = Math.min(to, (number + 1) << PAGE_BITS);
            Page page = pages.get(number);
            for (; offset < end && page != null; offset++) {
                int at = (int) (offset & (PAGE_SIZE - 1));
                page.live -= page.hashes[at] == ABSENT ? 0 : 1;
                page.hashes[at] = ABSENT;
            }
            if (page != null && page.live == 0) {
                pages.remove(number);
            }
            offset = end;
        }
    }

    /// The keys of messages from one offset to before another that follow each other, from the first one known on.
    ///
    /// @return null when there are none
    public @Nullable Run run(long from, long to) {
        long first = from;
        while (first < to && !isKnown(first)) {
            first++;
        }
        long end = first;
        while (end < to && isKnown(end)) {
            end++;
        }
        if (first == end) {
            return null;
        }
        long[] hashes = new long[(int) (end - first)];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = hash(first + i);
        }
        return new Run(first, hashes);
    }

    private boolean isKnown(long offset) {
        Page page = pages.get(offset >>> PAGE_BITS);
        return page != null && page.hashes[(int) (offset & (PAGE_SIZE - 1))] != ABSENT;
    }

    /// Messages that follow each other, with the hashes of their keys.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Run(long base, long[] hashes) {}
}
