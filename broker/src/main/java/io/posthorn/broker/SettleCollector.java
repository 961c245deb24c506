package io.posthorn.broker;

import io.posthorn.broker.queue.Holder;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import java.util.function.Consumer;

/// What one holder settles of one queue between two flushes, as ranges.
final class SettleCollector {
    private final QueueEntry queue;
    private final Holder holder;
    private OffsetRanges accepted = new OffsetRanges();
    private OffsetRanges released = new OffsetRanges();
    private OffsetRanges rejected = new OffsetRanges();
    private OffsetRanges failed = new OffsetRanges();
    private boolean collected;

    SettleCollector(QueueEntry queue, Holder holder) {
        this.queue = queue;
        this.holder = holder;
    }

    QueueEntry queue() {
        return queue;
    }

    Holder holder() {
        return holder;
    }

    /// @return whether it is the first since the last flush
    boolean add(long deliveryId, Outcome outcome) {
        rangesOf(outcome).add(deliveryId, deliveryId + 1);
        boolean first = !collected;
        collected = true;
        return first;
    }

    private OffsetRanges rangesOf(Outcome outcome) {
        return switch (outcome) {
            case ACCEPTED -> accepted;
            case RELEASED -> released;
            case REJECTED -> rejected;
            case FAILED -> failed;
        };
    }

    void drainTo(Consumer<Command.Settle> commands) {
        collected = false;
        if (!accepted.isEmpty()) {
            commands.accept(new Command.Settle(queue, holder, Outcome.ACCEPTED, accepted));
            accepted = new OffsetRanges();
        }
        if (!released.isEmpty()) {
            commands.accept(new Command.Settle(queue, holder, Outcome.RELEASED, released));
            released = new OffsetRanges();
        }
        if (!rejected.isEmpty()) {
            commands.accept(new Command.Settle(queue, holder, Outcome.REJECTED, rejected));
            rejected = new OffsetRanges();
        }
        if (!failed.isEmpty()) {
            commands.accept(new Command.Settle(queue, holder, Outcome.FAILED, failed));
            failed = new OffsetRanges();
        }
    }
}
