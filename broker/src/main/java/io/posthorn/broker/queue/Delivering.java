package io.posthorn.broker.queue;

import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.statistics.Counted;
import org.jspecify.annotations.Nullable;

/// How the messages of a work queue go out: to its consumers in their turns, and to those who ask for one; what is over
/// is given up instead. Confined to the thread of its queue.
final class Delivering {
    private final WorkQueue queue;
    private final QueueHandle handle;
    private final Surroundings shard;
    private final Backlog backlog;
    private final Unsettled unsettled;
    private final Returns returns;
    private final Redeliveries redeliveries;
    private final QueueReader reader;

    /// Null when no message ever expires.
    private @Nullable Expiry expiry;

    Delivering(WorkQueue queue, Backlog backlog, Unsettled unsettled, Returns returns) {
        this.queue = queue;
        this.handle = queue.handle;
        this.shard = queue.shard;
        this.backlog = backlog;
        this.unsettled = unsettled;
        this.returns = returns;
        this.redeliveries = queue.state.redeliveries();
        reader = backlog.order() instanceof FifoOrder
                ? new ForwardReader(queue, backlog, this)
                : new ScatteredReader(queue, backlog, this);
        beginExpiry();
    }

    // ---- What is over

    /// As the queue's settings and messages have it now.
    private void beginExpiry() {
        if (queue.settings.messageTtl() == Message.NEVER && !queue.state.mayExpire()) {
            expiry = null;
        } else {
            queue.activate();
            expiry = new Expiry(queue, backlog, reader, this, expiry);
        }
    }

    void reconfigured(QueueSettings before) {
        if (queue.settings.messageTtl() != before.messageTtl()) {
            beginExpiry();
            if (queue.state.appendTimes() != null && queue.logEnd > 0) {
                shard.timesKnown(queue);
            }
        }
    }

    void expectExpiry() {
        if (expiry == null) {
            beginExpiry();
        }
    }

    /// Something may be over now.
    void woken() {
        if (expiry != null) {
            queue.activate();
        }
    }

    /// Whether the time of a message is over.
    ///
    /// @param expiresAt what its publisher gave it
    boolean isOver(long offset, long expiresAt) {
        return expiry == null ? isOverInCursor(expiresAt) : expiry.isOver(offset, expiresAt);
    }

    /// Nobody tells a cursor what comes into its log, so that it sees when a message would go out.
    private boolean isOverInCursor(long expiresAt) {
        return expiresAt != Message.NEVER
                && expiresAt != Message.AT_ONCE
                && queue.isCursor()
                && expiresAt <= shard.now();
    }

    /// A message that was taken is over.
    void expire(long offset) {
        returns.giveUp(offset, offset + 1, DeathReason.EXPIRED);
    }

    /// Whoever is there to take messages has been offered all that there was.
    void offeredToAll() {
        if (expiry != null) {
            expiry.offered(queue.visibleEnd);
        }
    }

    /// Where nobody is there, or may have anything, that has been done.
    void offeredToNobody() {
        if (queue.consumers.isEmpty() || queue.isPaused()) {
            offeredToAll();
        }
    }

    // ---- To consumers

    /// @param mayDeliver whether anybody may have anything now
    /// @return whether there may be more to do at once
    boolean deliver(int most, boolean mayDeliver) {
        if (expiry == null) {
            return mayDeliver && deliverReady(most);
        }
        // What is over goes first, so that nobody wades through it for a delivery; then what nobody took at once.
        if (expiry.sweep(most)) {
            return true;
        }
        if (!mayDeliver) {
            offeredToNobody();
        } else if (deliverReady(most)) {
            return true;
        }
        return expiry.sweep(most);
    }

    private boolean deliverReady(int most) {
        Consumers consumers = queue.consumers;
        for (int i = 0; i < most; i++) {
            Consumer consumer = consumers.poll();
            if (consumer == null) {
                offeredToAll();
                return false;
            }
            if (!consumer.takeCredit()) {
                continue;
            }
            Delivery delivery = next(consumer, consumer.autoSettle(), false);
            if (delivery == null) {
                consumer.giveBackCredit();
                consumers.giveBackTurn(consumer);
                return false;
            }
            queue.handOver(consumer, delivery);
            consumers.offer(consumer);
        }
        return consumers.anyWelcome();
    }

    // ---- To whoever asks

    /// Takes the next ready message; null when there is none, or it has to be read from disk first.
    @Nullable
    Delivery next(Holder holder, boolean autoSettle, boolean countRemaining) {
        return reader.next(holder, autoSettle, countRemaining);
    }

    /// A message that was taken goes out.
    Delivery delivery(long offset, Message message, Holder holder, boolean autoSettle, boolean countRemaining) {
        boolean redelivered = redeliveries.contains(offset);
        int count = redelivered ? redeliveries.count(offset) : 0;
        shard.counters().delivered++;
        countDelivery(holder, autoSettle, redelivered);
        if (autoSettle) {
            backlog.leave(offset, offset + 1);
            shard.counters().settled++;
        } else {
            unsettled.hold(holder, offset);
        }
        return new Delivery(handle, offset, redelivered, count, message, countRemaining ? backlog.ready() : -1);
    }

    private void countDelivery(Holder holder, boolean autoSettle, boolean redelivered) {
        if (holder instanceof Consumer) {
            queue.count(autoSettle ? Counted.DELIVER_NO_ACK : Counted.DELIVER, 1);
        } else {
            queue.count(autoSettle ? Counted.GET_NO_ACK : Counted.GET, 1);
        }
        if (redelivered) {
            queue.count(Counted.REDELIVER, 1);
        }
    }

    void letGoOfTail() {
        reader.letGoOfTail();
    }

    void release() {
        reader.release();
    }
}
