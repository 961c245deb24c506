package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.DeathReason;
import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// What becomes of a queue's messages that were taken and are not done with: they come back, to their place among
/// the ready, or the queue gives them up, to where its dead letters go.
final class Returns {
    private final WorkQueue queue;
    private final DeliveryOrder order;
    private final Surroundings shard;
    private final Redeliveries redeliveries;

    /// How often a message may come back.
    private final long most;

    /// Null when the queue may be of any length.
    private final @Nullable LengthLimit limit;

    /// Null when what the queue gives up is dropped.
    private final @Nullable Forwarding deadLetters;

    Returns(WorkQueue queue, DeliveryOrder order, @Nullable LengthLimit limit) {
        this.queue = queue;
        this.order = order;
        this.limit = limit;
        shard = queue.shard;
        redeliveries = queue.state.redeliveries();
        most = queue.settings.deliveryLimit();
        deadLetters = deadLetters(queue);
    }

    private static @Nullable Forwarding deadLetters(WorkQueue queue) {
        QueueSettings settings = queue.settings;
        String exchange = settings.deadLetterExchange();
        if (exchange == null) {
            return null;
        }
        var letters = new DeadLetters(queue.handle.name(), exchange, settings.deadLetterRoutingKey(), queue.shard);
        return new Forwarding(queue, letters, queue.shard);
    }

    // ---- Back into the queue

    /// Messages that were delivered come back.
    void giveBack(long from, long to) {
        shard.counters().returned += to - from;
        redeliveries.add(from, to);
        if (most < Redeliveries.MOST) {
            giveBackWithinLimit(from, to);
        } else {
            makeReady(from, to);
        }
        shard.activate(queue);
    }

    /// What came back more often than it may does not become ready again.
    private void giveBackWithinLimit(long from, long to) {
        long start = from;
        for (long offset = from; offset < to; offset++) {
            if (redeliveries.count(offset) > most) {
                makeReady(start, offset);
                order.left(offset, offset + 1);
                giveUp(offset, offset + 1, DeathReason.DELIVERY_LIMIT);
                start = offset + 1;
            }
        }
        makeReady(start, to);
    }

    private void makeReady(long from, long to) {
        if (from == to) {
            return;
        }
        order.giveBack(from, to);
        if (limit != null) {
            limit.added(from, to);
        }
    }

    // ---- Out of the queue

    /// Messages that were taken leave the queue, to where its dead letters go.
    void giveUp(long from, long to, DeathReason reason) {
        if (deadLetters == null) {
            queue.settled(from, to);
        } else {
            deadLetters.add(from, to, reason.code());
        }
    }

    /// Messages that did not come in go where dead letters do.
    void refused(RecordBatch batch, DeathReason reason) {
        if (deadLetters != null) {
            deadLetters.addRefused(batch, reason.code());
        }
    }

    /// Whether a message that is given up stays until it has arrived elsewhere.
    boolean keepsDeadLetters() {
        return deadLetters != null;
    }

    void pump() {
        if (deadLetters != null) {
            deadLetters.pump();
        }
    }

    void forwarded(int firstSequence, int lastSequence) {
        if (deadLetters != null) {
            deadLetters.forwarded(firstSequence, lastSequence);
        }
    }

    void notForwarded(int firstSequence, int lastSequence, BrokerException cause) {
        if (deadLetters != null) {
            deadLetters.notForwarded(firstSequence, lastSequence, cause);
        }
    }

    void woken() {
        if (deadLetters != null) {
            deadLetters.woken();
        }
    }

    void letGoOfTail() {
        if (deadLetters != null) {
            deadLetters.letGoOfTail();
        }
    }

    void release() {
        if (deadLetters != null) {
            deadLetters.release();
        }
    }
}
