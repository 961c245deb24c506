package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// When the time of a queue's messages is over: what their publishers gave them, what the queue gives to each, or the
/// less of both. Times are absolute from the moment of the append on, so coming back changes nothing.
///
/// A message that was given no time at all is delivered at once or never: it is over as soon as everybody who was
/// there has been offered what there was, and when it comes back.
final class Expiry {
    private static final long UNKNOWN = -1;

    private final WorkQueue queue;
    private final Backlog backlog;
    private final DeliveryOrder order;
    private final QueueReader reader;
    private final Delivering delivering;
    private final Surroundings shard;

    /// Time to live of the queue.
    private final long ttl;

    /// Null when the queue gives all messages the same: no time, or no end.
    private final @Nullable AppendTimes times;

    /// Everything before has been offered.
    private long offeredEnd;

    /// The messages to look at, see [DeliveryOrder#heads], and those whose times were read at each place, with them.
    private final long[] heads;

    private final long[] read;
    private final long[] readAt;

    /// @param before what was known under other settings; null at first
    Expiry(WorkQueue queue, Backlog backlog, QueueReader reader, Delivering delivering, @Nullable Expiry before) {
        this.queue = queue;
        this.backlog = backlog;
        this.order = backlog.order();
        this.delivering = delivering;
        this.reader = reader;
        this.shard = queue.shard;
        this.ttl = queue.settings.messageTtl();
        this.times = ttl == 0 || ttl == Message.NEVER ? null : appendTimes();
        this.offeredEnd = before == null ? queue.visibleEnd : before.offeredEnd;
        heads = new long[order.mostHeads()];
        read = new long[heads.length];
        readAt = new long[heads.length];
        Arrays.fill(read, OffsetSet.NONE);
    }

    private AppendTimes appendTimes() {
        AppendTimes kept = queue.state.keepAppendTimes();
        // Few entries, and early by a thousandth at most.
        kept.setGrain(ttl >>> 10, shard.now());
        if (kept.isEmpty() && queue.logEnd > 0) {
            // Nobody had to know when they came, or the journal should tell and does not: their time begins now.
            kept.add(0, shard.now());
        }
        return kept;
    }

    /// Whoever is there has been offered everything before this offset.
    void offered(long end) {
        if (end > offeredEnd) {
            forgetUncertain();
            offeredEnd = end;
        }
    }

    // What was to be delivered at once or never has been read as never, for so long.
    private void forgetUncertain() {
        for (int head = 0; head < read.length; head++) {
            if (read[head] >= offeredEnd) {
                read[head] = OffsetSet.NONE;
            }
        }
    }

    /// Whether a message's time is over.
    ///
    /// @param expiresAt what its publisher gave it
    boolean isOver(long offset, long expiresAt) {
        return overAt(offset, expiresAt) <= shard.now();
    }

    private long overAt(long offset, long expiresAt) {
        long own = expiresAt == Message.AT_ONCE ? atOnce(offset) : expiresAt;
        return Math.min(own, overAt(offset));
    }

    /// By what the queue gives alone.
    private long overAt(long offset) {
        if (ttl == Message.NEVER) {
            return Message.NEVER;
        }
        return times == null ? atOnce(offset) : times.timeOf(offset) + ttl;
    }

    private long atOnce(long offset) {
        boolean offered = offset < offeredEnd || queue.state.redeliveries().contains(offset);
        return offered ? Message.AT_ONCE : Message.NEVER;
    }

    /// Gives up what would go out next as long as its time is over, and has the queue woken when the next one's is.
    ///
    /// @return whether there is more of it
    boolean sweep(int most) {
        int left = most;
        while (left > 0) {
            int before = left;
            int count = order.heads(queue.visibleEnd, heads);
            for (int head = 0; head < count; head++) {
                left -= giveUpIfOver(head) ? 1 : 0;
            }
            if (left == before) {
                return false;
            }
        }
        return true;
    }

    /// @return whether it is no more what it was
    private boolean giveUpIfOver(int head) {
        long offset = heads[head];
        if (overAt(offset) <= shard.now()) {
            backlog.take(offset);
            delivering.expire(offset);
            return true;
        }
        long at = knownOf(head);
        if (at == UNKNOWN) {
            return read(head);
        }
        wakeAt(at);
        return false;
    }

    /// Where no message has a time of its own, none has to be read.
    private long knownOf(int head) {
        if (!queue.state.mayExpire()) {
            return overAt(heads[head]);
        }
        return read[head] == heads[head] && readAt[head] > shard.now() ? readAt[head] : UNKNOWN;
    }

    /// Reads until when a message is to go out, and takes and gives it up if that is over.
    private boolean read(int head) {
        long offset = heads[head];
        switch (reader.seek(offset, queue.visibleEnd)) {
            case COLD -> {
                return false;
            }
            case GONE -> reader.passOver(offset);
            case EMPTY -> reader.leaveOut(offset);
            case HERE -> {
                Message message = shard.decoder().decode(reader.current(), queue.handle);
                long at = overAt(offset, message.expiresAt());
                if (queue.isLost(offset, message)) {
                    backlog.take(offset);
                    backlog.leave(offset, offset + 1);
                } else if (at <= shard.now()) {
                    backlog.take(offset);
                    delivering.expire(offset);
                } else {
                    learn(head, at);
                    return false;
                }
            }
        }
        return true;
    }

    private void learn(int head, long at) {
        // Also of what has not been offered yet: two that are read again and again may drive each other out of memory.
        read[head] = heads[head];
        readAt[head] = at;
        wakeAt(at);
        if (queue.consumers.isEmpty()) {
            // Nobody reads on soon, so what was read ahead is not kept.
            reader.release();
        }
    }

    private void wakeAt(long at) {
        if (at != Message.NEVER) {
            shard.wakeAt(queue, at);
        }
    }
}
