package io.posthorn.broker;

import io.posthorn.broker.queue.Getter;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A session's side of an owner of messages taken one by one, from any queue.
final class LocalGetter extends LocalHandle {
    private static final int FEW = 64;

    private final LocalSession session;
    private final Map<QueueHandle, SettleCollector> collectors = new HashMap<>();
    private int sweepAt = FEW;
    private boolean closed;

    LocalGetter(LocalSession session) {
        this.session = session;
    }

    @Override
    @Nullable
    SettleCollector collector(QueueHandle queue) {
        SettleCollector known = collectors.get(queue);
        return known == null && queue.isOfTopic() ? ofCursorOver(queue) : known;
    }

    /// Who has looked into a partition has claimed what it saw by the cursor over it, which may have been made for
    /// that.
    private @Nullable SettleCollector ofCursorOver(QueueHandle partition) {
        for (SettleCollector each : collectors.values()) {
            if (partition.equals(each.queue().source())) {
                return each;
            }
        }
        return null;
    }

    Getter getterOf(QueueEntry queue) {
        SettleCollector collector = collectors.get(queue);
        if (collector == null) {
            if (collectors.size() >= sweepAt) {
                forgetDeletedQueues();
            }
            collector = new SettleCollector(queue, new Getter());
            collectors.put(queue, collector);
        }
        return (Getter) collector.holder();
    }

    /// A channel may outlive any number of queues. Looked for when twice as many are known as were left the last
    /// time, so that it costs nothing to speak of.
    private void forgetDeletedQueues() {
        collectors.values().removeIf(collector -> !session.exists(collector.queue()));
        sweepAt = Math.max(FEW, 2 * collectors.size());
    }

    /// Nothing more may become its.
    boolean isClosed() {
        return closed;
    }

    /// Queues that it knows.
    int size() {
        return collectors.size();
    }

    @Override
    public void cancel(Reply<Done> reply) {
        reply.ok(Done.DONE);
    }

    @Override
    public void share(SharedCredit credit, Reply<Done> reply) {
        // Takes only what it asks for, and that is not limited.
        reply.ok(Done.DONE);
    }

    @Override
    public void close() {
        closed = true;
        session.flush();
        for (SettleCollector each : collectors.values()) {
            session.send(each.queue(), new Command.Release(each.queue(), each.holder()));
        }
        collectors.clear();
        session.closed(this);
    }

    @Override
    public void resume() {
        // Takes only what it asks for.
    }
}
