package io.posthorn.broker;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.VirtualHost;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one session does with queues, their messages aside: asks whether it may, and lets the topology's manager or
/// the queue's shard do it. Confined to the session's io thread.
final class LocalQueues {
    private final LocalBroker broker;
    private final LocalSession session;
    private final SessionGuard guard;

    LocalQueues(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
        this.guard = session.guard();
    }

    /// A queue whose messages the session may take; null after the reply was told why not. Everything collected is
    /// handed over first.
    @Nullable
    QueueEntry toRead(String name, Reply<?> reply) {
        return guard.allowsIfInternal(name, reply) && guard.allowsQueue(Permission.READ, name, reply)
                ? find(name, reply)
                : null;
    }

    private @Nullable QueueEntry toConfigure(String name, Reply<?> reply) {
        return guard.allowsQueue(Permission.CONFIGURE, name, reply) ? find(name, reply) : null;
    }

    private @Nullable QueueEntry find(String name, Reply<?> reply) {
        session.flush();
        try {
            return broker.topology().queue(session.virtualHost(), name, session.id());
        } catch (BrokerException e) {
            reply.failed(e);
            return null;
        }
    }

    void declare(QueueSpec wanted, Reply<QueueStatus> reply) {
        session.flush();
        broker.counted().queuesDeclared.increment();
        if (wanted.exclusive()) {
            session.departures().ownsQueues();
        }
        var declaration = guard.declaration();
        broker.manager()
                .declareQueue(
                        session.virtualHost(),
                        wanted,
                        session.id(),
                        declaration,
                        session.here(guard.noting(reply), queue -> {
                            declaration.done("queue", queue.name());
                            askStatus(queue, true, reply);
                        }));
    }

    void status(String name, Reply<QueueStatus> reply) {
        if (broker.replies().isOpen(session.virtualHost(), name)) {
            reply.ok(new QueueStatus(name, false, true, true, 0, 0, 1, 0, null, "classic"));
            return;
        }
        QueueEntry queue = guard.allowsToSeeQueue(name, reply) ? find(name, reply) : null;
        if (queue != null) {
            askStatus(queue, true, reply);
        }
    }

    /// @param isUse whether asking counts as using the queue
    void askStatus(QueueEntry queue, boolean isUse, Reply<QueueStatus> reply) {
        if (queue.isOfTopic()) {
            session.asQueue().status(queue, isUse, reply);
        } else {
            session.send(queue, new Command.Status(queue, isUse, session.fromShard(queue.shard(), reply)));
        }
    }

    void purge(String name, Reply<Long> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue != null) {
            Reply<Long> purged = guard.noting("purge", "queue", name, reply);
            if (queue.isOfTopic()) {
                session.asQueue().purge(queue, purged);
            } else {
                session.send(queue, new Command.Purge(queue, session.fromShard(queue.shard(), purged)));
            }
        }
    }

    void browse(String name, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue == null) {
            return;
        }
        if (state == MessageState.DEAD) {
            List<QueueEntry> targets = broker.topology().deadLetterTargets(queue).stream()
                    .filter(target -> guard.mayRead(target.name()))
                    .toList();
            new DeadLetterSearch(this, queue, targets, most, reply).from(from);
        } else {
            browse(queue, state, from, most, reply);
        }
    }

    void browse(QueueEntry queue, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        if (queue.isOfTopic()) {
            session.asQueue().browse(queue, state, from, most, reply);
            return;
        }
        session.send(
                queue, new Command.Browse(queue, state, from, most, Command.Browse.PAGE_BYTES, session.here(reply)));
    }

    void delete(String name, boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
        session.flush();
        if (!guard.allowsIfInternal(name, reply) || !guard.allowsQueue(Permission.CONFIGURE, name, reply)) {
            return;
        }
        QueueEntry queue;
        try {
            queue = broker.topology().queue(session.virtualHost(), name, session.id());
        } catch (BrokerException.NotFound e) {
            reply.ok(0L);
            return;
        } catch (BrokerException e) {
            reply.failed(e);
            return;
        }
        Reply<Long> deleted = queue.owner() == null ? guard.noting("delete", "queue", name, reply) : reply;
        Reply<Long> checked = session.here(
                reply, ready -> broker.manager().deleteQueue(queue, session.here(reply, _ -> deleted.ok(ready))));
        if (queue.isOfTopic()) {
            session.asQueue().checkDelete(queue, ifUnused, ifEmpty, checked);
        } else {
            session.send(
                    queue,
                    new Command.CheckDelete(queue, ifUnused, ifEmpty, session.fromShard(queue.shard(), checked)));
        }
    }

    void list(Reply<List<QueueStatus>> reply) {
        session.flush();
        if (!guard.allowsLists(reply)) {
            return;
        }
        VirtualHost host;
        try {
            host = broker.topology().virtualHost(session.virtualHost());
        } catch (BrokerException gone) {
            reply.failed(gone);
            return;
        }
        new QueueList(host, session.id(), this, reply).ask();
    }

    void pause(String name, String reason, Reply<Done> reply) {
        QueueEntry queue = toConfigure(name, reply);
        if (queue != null) {
            broker.manager().pauseQueue(queue, reason, session.here(guard.noting("pause", "queue", name, reply)));
        }
    }

    void resume(String name, Reply<Done> reply) {
        QueueEntry queue = toConfigure(name, reply);
        if (queue != null) {
            broker.manager().resumeQueue(queue, session.here(guard.noting("resume", "queue", name, reply)));
        }
    }
}
