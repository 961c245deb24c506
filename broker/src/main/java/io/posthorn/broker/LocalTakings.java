package io.posthorn.broker;

import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.Holder;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Outlet;
import io.posthorn.broker.topology.QueueEntry;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How one session takes messages from queues: by consumers, or one by one. Confined to the session's io thread.
final class LocalTakings {
    private final LocalBroker broker;
    private final LocalSession session;
    private final LocalQueues queues;

    LocalTakings(LocalBroker broker, LocalSession session, LocalQueues queues) {
        this.broker = broker;
        this.session = session;
        this.queues = queues;
    }

    void consume(ConsumerSpec wanted, DeliverySink sink, Reply<ConsumerHandle> reply) {
        QueueEntry queue = queues.toRead(wanted.queue(), reply);
        if (queue == null) {
            return;
        }
        if (queue.isOfTopic()) {
            session.asQueue().consume(wanted, queue, sink, reply);
            return;
        }
        ConsumerSettings settings;
        try {
            settings = ConsumerSettings.of(
                    wanted.arguments(), queue.toString(), queue.spec().type());
        } catch (BrokerException impossible) {
            reply.failed(impossible);
            return;
        }
        if (settings.partition() > 0) {
            reply.failed(new BrokerException.PreconditionFailed("invalid arg '%s' for %s: no partition %d"
                    .formatted(ConsumerSettings.PARTITION, queue, settings.partition())));
            return;
        }
        var answer = new Started(reply);
        LocalConsumer handle = start(queue, wanted, settings, sink, answer);
        answer.handle = handle;
        session.opened(handle);
    }

    /// Answers with the consumer that was started.
    private final class Started implements Reply<Done> {
        private final Reply<ConsumerHandle> reply;
        private @Nullable LocalConsumer handle;

        Started(Reply<ConsumerHandle> reply) {
            this.reply = reply;
        }

        @Override
        public void ok(Done done) {
            reply.ok(Objects.requireNonNull(handle));
        }

        @Override
        public void failed(BrokerException cause) {
            session.closed(Objects.requireNonNull(handle));
            reply.failed(cause);
        }
    }

    /// @param reply called on the io thread, not before this has returned
    LocalConsumer start(
            QueueEntry queue, ConsumerSpec wanted, ConsumerSettings settings, DeliverySink sink, Reply<Done> reply) {
        Outlet outlet = session.outlet(queue.shard());
        var link = new SinkLink(broker.shards().get(queue.shard()), broker.memory(), queue, outlet, sink);
        var consumer =
                new Consumer(wanted.tag(), wanted.autoSettle(), wanted.exclusive(), wanted.prefetch(), settings, link);
        link.serves(consumer);
        if (wanted.shared() != null) {
            link.shares(wanted.shared());
            consumer.share(wanted.shared());
        }
        session.send(queue, new Command.Consume(queue, consumer, new OutletReply<>(outlet, reply)));
        return new LocalConsumer(session, queue, consumer, link);
    }

    void get(String name, boolean autoSettle, LocalGetter owner, Reply<Optional<Delivery>> reply) {
        QueueEntry queue = queues.toRead(name, reply);
        if (queue == null) {
            return;
        }
        if (queue.isOfTopic()) {
            session.asQueue().get(queue, autoSettle, owner, reply);
        } else {
            take(queue, autoSettle, owner, reply);
        }
    }

    /// Not for one who has gone meanwhile: nobody would give back what it took.
    void take(QueueEntry queue, boolean autoSettle, LocalGetter owner, Reply<Optional<Delivery>> reply) {
        if (owner.isClosed()) {
            reply.failed(Holder.hasGone());
            return;
        }
        var answer = new TakenReply(session.outlet(queue.shard()), reply);
        session.send(queue, new Command.Get(queue, owner.getterOf(queue), autoSettle, answer));
    }

    void claim(String name, List<Long> ids, LocalGetter owner, Reply<List<Long>> reply) {
        QueueEntry queue = queues.toRead(name, reply);
        if (queue != null && queue.isOfTopic()) {
            session.asQueue().claim(queue, ids, owner, reply);
        } else if (queue != null) {
            var answer = session.fromShard(queue.shard(), reply);
            session.send(queue, new Command.Claim(queue, owner.getterOf(queue), List.copyOf(ids), answer));
        }
    }

    /// The bytes of a delivery that changes threads are copied first.
    private record TakenReply(Outlet outlet, Reply<Optional<Delivery>> reply) implements Reply<Optional<Delivery>> {
        @Override
        public void ok(Optional<Delivery> taken) {
            Optional<Delivery> kept = outlet.isDirect() ? taken : taken.map(SinkLink::copyOf);
            outlet.run(() -> reply.ok(kept));
        }

        @Override
        public void failed(BrokerException cause) {
            outlet.run(() -> reply.failed(cause));
        }
    }
}
