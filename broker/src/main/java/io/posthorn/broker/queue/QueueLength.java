package io.posthorn.broker.queue;

import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// How long a queue is and may be: its limit, and what it has to know of each message for that. Both change with
/// policies. Confined to the thread of its queue.
final class QueueLength {
    private final WorkQueue queue;

    /// Null when offsets say all that the queue must know.
    private @Nullable MessageTable messages;

    /// Null when the queue may be of any length.
    private @Nullable LengthLimit limit;

    /// Null when the size of every message is known, or does not matter.
    private @Nullable Weighing weighing;

    /// Of a queue from which nothing is taken.
    QueueLength(WorkQueue queue) {
        this.queue = queue;
        forgetWhatNobodyAsks();
        messages = queue.settings.looksAtMessages() ? queue.state.completeMessages(queue.logEnd) : null;
        limit = LengthLimit.of(queue.settings, messages, 0);
    }

    /// What is known of each message; null when nothing need be.
    @Nullable
    MessageTable messages() {
        return messages;
    }

    /// A queue that a policy limits may have messages from before.
    void begin(DeliveryOrder order) {
        if (queue.settings.limitsBytes()
                && !QueueSettings.of(queue.spec.arguments()).limitsBytes()) {
            weighAll(order);
        }
    }

    void reconfigured(QueueSettings before, DeliveryOrder order) {
        QueueSettings now = queue.settings;
        if (now.maxLength() == before.maxLength() && now.maxBytes() == before.maxBytes()) {
            return;
        }
        forgetWhatNobodyAsks();
        if (now.looksAtMessages() != before.looksAtMessages()) {
            messages = now.looksAtMessages() ? queue.state.someMessages() : null;
        }
        if (!now.limitsBytes()) {
            release();
        }
        limit = LengthLimit.of(now, messages, now.limitsBytes() ? takenBytes(order) : 0);
        if (now.limitsBytes() && !before.limitsBytes()) {
            weighAll(order);
        }
    }

    /// What an earlier policy, or one before the restart, made the queue know.
    private void forgetWhatNobodyAsks() {
        if (!queue.settings.looksAtMessages()) {
            queue.state.forgetMessages();
        }
    }

    /// Bytes of messages that are in the queue and not ready, as far as they are known.
    private long takenBytes(DeliveryOrder order) {
        MessageTable known = messages;
        if (known == null || known.isEmpty()) {
            return 0;
        }
        Settlements settlements = queue.state.settlements();
        OffsetSet settled = settlements.above();
        long bytes = 0;
        for (long offset = settled.firstAbsentFrom(settlements.before());
                offset < order.cursor();
                offset = settled.firstAbsentFrom(offset + 1)) {
            bytes += order.isReady(offset) ? 0 : known.sizeOf(offset);
        }
        return bytes;
    }

    private void weighAll(DeliveryOrder order) {
        MessageTable known = messages;
        if (known != null && queue.logEnd > queue.state.settlements().before()) {
            weighing = new Weighing(queue, order, known, queue.logEnd);
            queue.shard.activate(queue);
        }
    }

    /// Looks at messages whose size is not known.
    ///
    /// @return whether there is more to do at once
    boolean learn(int most) {
        Weighing running = weighing;
        LengthLimit weighed = limit;
        if (running == null || weighed == null) {
            return false;
        }
        boolean more = running.weigh(most, weighed);
        if (running.isDone()) {
            release();
        }
        return more;
    }

    void letGoOfTail() {
        if (weighing != null) {
            weighing.letGoOfTail();
        }
    }

    void release() {
        if (weighing != null) {
            weighing.release();
            weighing = null;
        }
    }

    // ---- Messages come and leave

    /// Messages are ready, or will be.
    void added(long from, long to) {
        if (limit != null) {
            limit.added(from, to);
        }
    }

    /// Messages are not ready any more.
    void taken(long from, long to) {
        if (limit != null) {
            limit.taken(from, to);
        }
    }

    /// All that is visible is not ready any more.
    void takenBefore(long visibleEnd) {
        if (limit != null) {
            limit.takenBefore(visibleEnd);
        }
    }

    // ---- What is too much

    /// Whether some of what is ready must go.
    boolean isExceeded() {
        return limit != null
                && queue.settings.overflow() == QueueSettings.Overflow.DROP_HEAD
                && limit.isExceeded(queue.ready(), queue.visibleEnd);
    }

    /// Whether more would be too much.
    ///
    /// @param waiting messages that are ready or will be
    /// @param room how many of those will be delivered as soon as they are ready
    boolean wouldBeExceeded(long waiting, long room, RecordBatch batch) {
        return limit != null
                && limit.wouldBeExceeded(
                        waiting, queue.logEnd, room, MessageRuns.of(queue.logEnd, batch, queue.settings));
    }
}
