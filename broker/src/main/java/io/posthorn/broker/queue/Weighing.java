package io.posthorn.broker.queue;

import io.posthorn.log.Bytes;
import org.jspecify.annotations.Nullable;

/// Learns how large those messages are that came in when nobody had to know, by reading them, once. Until then they
/// weigh nothing.
final class Weighing {
    private final WorkQueue queue;
    private final DeliveryOrder order;
    private final MessageTable messages;
    private final RecordReader reader;
    private final long end;
    private long next;

    /// @param end of messages that are to be weighed
    Weighing(WorkQueue queue, DeliveryOrder order, MessageTable messages, long end) {
        this.queue = queue;
        this.order = order;
        this.messages = messages;
        this.end = end;
        reader = new RecordReader(queue, queue.shard);
    }

    /// @return whether there is more to do at once, and not when something was read or is durable
    boolean weigh(int most, LengthLimit limit) {
        Settlements settlements = queue.state.settlements();
        OffsetSet settled = settlements.above();
        long visible = Math.min(end, queue.visibleEnd);
        for (int i = 0; i < most; i++) {
            next = Math.max(next, settlements.before());
            next = settled.isEmpty() ? next : settled.firstAbsentFrom(next);
            if (next >= visible) {
                return false;
            }
            if (messages.sizeOf(next) > 0) {
                next++;
                continue;
            }
            switch (reader.seek(next, visible)) {
                case COLD -> {
                    return false;
                }
                case GONE, EMPTY -> next = Math.max(reader.resumeAt(), next + 1);
                case HERE -> {
                    learn(next, reader.current().value(), limit);
                    next++;
                }
            }
        }
        return true;
    }

    private void learn(long offset, @Nullable Bytes body, LengthLimit limit) {
        int bytes = body == null ? 0 : body.length();
        messages.weigh(offset, bytes);
        if (order.isReady(offset)) {
            limit.grew(bytes);
        }
    }

    boolean isDone() {
        return next >= end;
    }

    void letGoOfTail() {
        reader.letGoOfTail();
    }

    void release() {
        reader.close();
    }
}
