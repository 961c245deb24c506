package io.posthorn.broker;

import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import org.jspecify.annotations.Nullable;

/// A session's side of one consumer.
final class LocalConsumer extends LocalHandle {
    private final LocalSession session;
    private final QueueEntry queue;
    private final Consumer consumer;
    private final SinkLink link;
    private final SettleCollector collector;
    private boolean closed;

    LocalConsumer(LocalSession session, QueueEntry queue, Consumer consumer, SinkLink link) {
        this.session = session;
        this.queue = queue;
        this.consumer = consumer;
        this.link = link;
        this.collector = new SettleCollector(queue, consumer);
    }

    @Override
    @Nullable
    SettleCollector collector(QueueHandle of) {
        return of == queue ? collector : null;
    }

    @Override
    public void cancel(Reply<Done> reply) {
        session.flush();
        session.send(
                queue, new Command.Cancel(queue, consumer, session.fromShard(queue.shard(), new Cancelled(reply))));
    }

    /// Where the queue is gone, its consumer has ended, too, and nothing more is delivered.
    private final class Cancelled implements Reply<Done> {
        private final Reply<Done> reply;

        Cancelled(Reply<Done> reply) {
            this.reply = reply;
        }

        @Override
        public void ok(Done value) {
            link.arrivedAll();
            session.departures().whenGoneWith(queue, reply);
        }

        @Override
        public void failed(BrokerException cause) {
            ok(Done.DONE);
        }
    }

    @Override
    public void share(SharedCredit credit, Reply<Done> reply) {
        session.flush();
        link.shares(credit);
        session.send(
                queue, new Command.Share(queue, consumer, credit, session.fromShard(queue.shard(), new Anyway(reply))));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            session.flush();
            session.send(queue, new Command.Release(queue, consumer));
            session.departures().leaves(queue);
            session.closed(this);
            link.close();
        }
    }

    @Override
    public boolean isActive() {
        return consumer.isActive();
    }

    @Override
    public void resume() {
        if (!closed) {
            link.resume();
        }
    }
}
