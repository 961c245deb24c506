package io.posthorn.protocol.amqp;

import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The deliveries of one channel that are not yet settled, in the order of their tags.
///
/// Four arrays side by side: tags grow from entry to entry, so a tag is found where it should lie when nothing
/// before it is settled, or else by halving. A settled entry is a hole until it is the first, or until holes
/// are more than half, so memory follows what is unsettled, not the span of the tags.
final class UnsettledDeliveries {
    private static final int SMALLEST = 16;

    // Channels that only publish never have any.
    private long[] tags = new long[0];
    private long[] ids = new long[0];
    private @Nullable QueueHandle[] queues = new @Nullable QueueHandle[0];
    private @Nullable DeliveryHolder[] holders = new @Nullable DeliveryHolder[0];

    /// How a transaction will settle the entry, if at all; null as long as none has held anything back.
    private @Nullable Outcome @Nullable [] heldBack;

    private int first;
    private int end;
    private int live;

    int size() {
        return live;
    }

    /// @param tag higher than all before
    void add(long tag, long id, QueueHandle queue, DeliveryHolder holder) {
        if (end == tags.length) {
            makeRoom();
        }
        tags[end] = tag;
        ids[end] = id;
        queues[end] = queue;
        holders[end] = holder;
        end++;
        live++;
    }

    /// @return index of the entry with this tag, -1 when there is none, or it is settled
    int find(long tag) {
        if (first == end) {
            return -1;
        }
        long guess = first + (tag - tags[first]);
        int index = guess >= first && guess < end && tags[(int) guess] == tag
                ? (int) guess
                : Arrays.binarySearch(tags, first, end, tag);
        return index >= 0 && isLive(index) ? index : -1;
    }

    /// Indices from [#first] to before [#end] hold entries and holes. They are valid until the next [#add] or
    /// [#trim].
    int first() {
        return first;
    }

    int end() {
        return end;
    }

    boolean isLive(int index) {
        return queues[index] != null && (heldBack == null || heldBack[index] == null);
    }

    /// The entry is to be settled so, but not yet: it is neither live nor a hole.
    void holdBack(int index, Outcome outcome) {
        @Nullable Outcome[] outcomes = heldBack;
        if (outcomes == null) {
            outcomes = new @Nullable Outcome[tags.length];
            heldBack = outcomes;
        }
        outcomes[index] = outcome;
    }

    @Nullable
    Outcome heldBack(int index) {
        return heldBack == null ? null : heldBack[index];
    }

    /// What was held back is live again.
    void takeBack() {
        heldBack = null;
    }

    long id(int index) {
        return ids[index];
    }

    QueueHandle queue(int index) {
        QueueHandle queue = queues[index];
        if (queue == null) {
            throw new IllegalStateException("settled already");
        }
        return queue;
    }

    DeliveryHolder holder(int index) {
        DeliveryHolder holder = holders[index];
        if (holder == null) {
            throw new IllegalStateException("settled already");
        }
        return holder;
    }

    void remove(int index) {
        queues[index] = null;
        holders[index] = null;
        if (heldBack != null) {
            heldBack[index] = null;
        }
        live--;
    }

    /// Forgets the holes at the front.
    void trim() {
        while (first < end && queues[first] == null) {
            first++;
        }
        if (first == end) {
            first = 0;
            end = 0;
        }
    }

    private void makeRoom() {
        if (live >= tags.length / 2) {
            int capacity = Math.max(tags.length * 2, SMALLEST);
            tags = Arrays.copyOf(tags, capacity);
            ids = Arrays.copyOf(ids, capacity);
            queues = Arrays.copyOf(queues, capacity);
            holders = Arrays.copyOf(holders, capacity);
            if (heldBack != null) {
                heldBack = Arrays.copyOf(heldBack, capacity);
            }
        } else {
            compact();
        }
    }

    private void compact() {
        int to = 0;
        for (int from = first; from < end; from++) {
            if (queues[from] != null) {
                tags[to] = tags[from];
                ids[to] = ids[from];
                queues[to] = queues[from];
                holders[to] = holders[from];
                if (heldBack != null) {
                    heldBack[to] = heldBack[from];
                }
                to++;
            }
        }
        Arrays.fill(queues, to, end, null);
        Arrays.fill(holders, to, end, null);
        if (heldBack != null) {
            Arrays.fill(heldBack, to, end, null);
        }
        first = 0;
        end = to;
    }
}
