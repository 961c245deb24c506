package io.posthorn.broker.queue;

import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// What waits in a work queue: the order in which it goes out, and its length. Whoever moves messages in or out does
/// it here, so that both always speak of the same ones. Confined to the thread of its queue.
final class Backlog {
    private final WorkQueue queue;
    private final QueueLength length;
    private final DeliveryOrder order;

    Backlog(WorkQueue queue) {
        this.queue = queue;
        settleRecoveredVoids();
        length = new QueueLength(queue);
        order = DeliveryOrder.of(queue.settings, queue.state, length.messages());
    }

    /// What came back before a restart is out of it again, so what is there can be weighed.
    void begin() {
        length.begin(order);
    }

    void reconfigured(QueueSettings before) {
        length.reconfigured(before, order);
    }

    /// Looks at messages of which the queue has to know more than it does.
    ///
    /// @return whether there is more to do at once
    boolean learn(int most) {
        return length.learn(most);
    }

    void letGoOfTail() {
        length.letGoOfTail();
    }

    void release() {
        length.release();
    }

    // ---- What is there

    /// For those who read in this order, or look further ahead than one message.
    DeliveryOrder order() {
        return order;
    }

    long ready() {
        return order.ready(queue.visibleEnd);
    }

    /// The message to deliver next, or [OffsetSet#NONE].
    long next() {
        return order.next(queue.visibleEnd);
    }

    /// Whether a message that is visible and not settled waits for somebody.
    boolean isReady(long offset) {
        return order.isReady(offset);
    }

    /// Everything at or after this offset has never been taken.
    long takenEnd() {
        return order.cursor();
    }

    // ---- Messages come in

    /// What has to be known of messages that come next; null for nothing.
    @Nullable
    MessageFacts describe(RecordBatch batch) {
        boolean needsKeys = queue.settings.fairLimit() > 0;
        boolean looksAtThem = length.messages() != null;
        if (!looksAtThem && !needsKeys) {
            return null;
        }
        long base = queue.logEnd();
        return new MessageFacts(
                base,
                looksAtThem ? MessageRuns.of(base, batch, queue.settings) : null,
                needsKeys ? MessageKeys.of(batch) : null);
    }

    void added(long from, long to) {
        length.added(from, to);
    }

    /// Messages that were taken are ready again.
    void comeBack(long from, long to) {
        order.giveBack(from, to);
        length.added(from, to);
    }

    /// Gives back what was taken of a range, and counts it as delivered; the rest is given back already.
    void giveBackTaken(long from, long to) {
        order.giveBackTaken(from, to, queue.state.redeliveries());
    }

    // ---- Messages are taken

    /// Takes the message that is next, or one of the order's heads.
    void take(long offset) {
        order.take(offset);
        length.taken(offset, offset + 1);
    }

    /// Takes what goes first when there is too much.
    long takeHead() {
        long head = order.head(queue.visibleEnd);
        take(head);
        return head;
    }

    /// Takes a range that is ready, wherever it lies.
    void withhold(long from, long to) {
        order.withhold(from, to, queue.visibleEnd);
        length.taken(from, to);
    }

    /// There is nothing for anybody in this range, which nobody was shown.
    void skip(long from, long to) {
        order.skipTo(to);
        length.taken(from, to);
    }

    /// What lies in this range is gone: none of it is ready, nor what had come back.
    void beginsAt(long before, long start) {
        long shown = Math.min(start, queue.visibleEnd);
        if (before < shown) {
            order.withhold(before, shown, queue.visibleEnd);
        }
        skip(before, start);
    }

    /// Takes everything that is ready.
    void takeAll(OffsetRanges taken) {
        order.takeAll(queue.visibleEnd, taken);
        length.takenBefore(queue.visibleEnd);
    }

    /// Messages that were taken are done with.
    void leave(long from, long to) {
        order.left(from, to);
        queue.settled(from, to);
    }

    /// Messages that were taken are on their way out, and settled behind their arrival.
    void setOut(long from, long to) {
        order.left(from, to);
    }

    // ---- What came in transactions

    /// What nobody was to get may have become visible before the restart, and not left.
    private void settleRecoveredVoids() {
        Voids voids = queue.state.voids();
        if (voids != null) {
            OffsetRanges gone = voids.drainBefore(queue.visibleEnd);
            for (int i = 0; i < gone.size(); i++) {
                queue.settled(gone.from(i), gone.to(i));
            }
        }
    }

    /// What nobody is to get leaves the queue when it becomes visible, before anybody looks.
    void settleVoids() {
        Voids voids = queue.state.voids();
        if (voids == null || voids.isEmpty()) {
            return;
        }
        OffsetRanges gone = voids.drainBefore(queue.visibleEnd);
        for (int i = 0; i < gone.size(); i++) {
            order.voided(gone.from(i), gone.to(i));
            length.taken(gone.from(i), gone.to(i));
            queue.settled(gone.from(i), gone.to(i));
        }
    }

    // ---- Not too many messages

    boolean isTooLong() {
        return length.isExceeded();
    }

    /// Whether more would be too much.
    ///
    /// @param room how many messages will be delivered as soon as they are ready
    boolean wouldBeTooLong(long room, RecordBatch batch) {
        long waiting = ready() + queue.logEnd - queue.visibleEnd;
        return length.wouldBeExceeded(waiting, room, batch);
    }
}
