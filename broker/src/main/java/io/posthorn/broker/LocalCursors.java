package io.posthorn.broker;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.Cursors;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.TopicEntry;
import io.posthorn.log.LogId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cursors over topics, for one session: asks whether it may, and lets the topology's manager or the shards do it.
final class LocalCursors implements Cursors {
    private final LocalBroker broker;
    private final LocalSession session;
    private final LeaseMembers members = new LeaseMembers();

    LocalCursors(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
    }

    @Override
    public boolean isDeclared(Topic topic, String cursor) {
        QueueEntry head = ((TopicEntry) topic).head();
        return !head.spec().isKept() || !parts(head, cursor).isEmpty();
    }

    @Override
    public void declare(Topic topic, String cursor, List<Long> starts, Reply<Done> reply) {
        QueueEntry head = ((TopicEntry) topic).head();
        if (!mayUse(head, reply)) {
            return;
        }
        if (isDeclared(topic, cursor)) {
            reply.ok(Done.DONE);
            return;
        }
        broker.manager().declareCursor(head, cursor, starts, session.here(new Reply<>() {
            @Override
            public void ok(List<QueueEntry> parts) {
                reply.ok(Done.DONE);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        }));
    }

    @Override
    public void delete(Topic topic, String cursor, Reply<Done> reply) {
        QueueEntry head = ((TopicEntry) topic).head();
        if (!mayUse(head, reply)) {
            return;
        }
        if (cursor.equals(TopicAsQueue.WORK) || !head.spec().isKept()) {
            reply.ok(Done.DONE);
        } else {
            broker.manager().deleteCursor(head, cursor, session.here(reply));
        }
    }

    @Override
    public void restart(Partition partition, String cursor, long offset, Reply<Done> reply) {
        QueueEntry part = toUse(partition, cursor, reply);
        if (part != null) {
            session.send(
                    part,
                    new Command.RestartCursor(part, offset, new OutletReply<>(session.outlet(part.shard()), reply)));
        }
    }

    @Override
    public void status(Partition partition, String cursor, Reply<CursorStatus> reply) {
        QueueEntry part = toUse(partition, cursor, reply);
        if (part != null) {
            session.send(part, new Command.AskCursor(part, new OutletReply<>(session.outlet(part.shard()), reply)));
        }
    }

    @Override
    public LeaseHolder open(Partition partition, String cursor, String member) {
        var log = (QueueEntry) partition;
        session.guard().check(Permission.READ, log.name());
        QueueEntry part = part(log, cursor);
        if (part == null) {
            throw new BrokerException.NotFound(noCursor(log, cursor));
        }
        var holder = new LocalLeaseHolder(session, part, new LeaseMembers.Member(topic(log), cursor, member), members);
        members.opened(holder);
        session.opened(holder);
        return holder;
    }

    /// What tells its topic from others.
    private LogId topic(QueueEntry log) {
        QueueEntry head = broker.topology().virtualHost(log.virtualHost()).queue(log.name());
        return head == null || !log.spec().isKept() ? log.log() : head.log();
    }

    private boolean mayUse(QueueEntry head, Reply<?> reply) {
        return session.guard().allowsIfInternal(head.name(), reply)
                && session.guard().allowsQueue(Permission.READ, head.name(), reply);
    }

    /// Null after the reply was told why not.
    private @Nullable QueueEntry toUse(Partition partition, String cursor, Reply<?> reply) {
        var log = (QueueEntry) partition;
        if (!mayUse(log, reply)) {
            return null;
        }
        QueueEntry part = part(log, cursor);
        if (part == null) {
            reply.failed(new BrokerException.NotFound(noCursor(log, cursor)));
        }
        return part;
    }

    private static String noCursor(QueueEntry log, String cursor) {
        return "no cursor '" + cursor + "' over " + log;
    }

    private @Nullable QueueEntry part(QueueEntry log, String cursor) {
        if (!log.spec().isKept()) {
            return log;
        }
        for (QueueEntry part : parts(log, cursor)) {
            if (part.source() == log) {
                return part;
            }
        }
        return null;
    }

    private List<QueueEntry> parts(QueueEntry log, String cursor) {
        return broker.topology()
                .virtualHost(log.virtualHost())
                .cursorsOf(log.name())
                .getOrDefault(cursor, List.of());
    }
}
