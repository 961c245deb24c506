package io.posthorn.broker.shard;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.CursorLog;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.queue.StreamQueue;
import io.posthorn.broker.queue.Surroundings;
import io.posthorn.broker.queue.WorkQueue;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Log;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The queues of one shard, by their logs; broken ones are kept apart. Confined to the shard's thread.
final class QueueTable {
    private static final Logger LOG = System.getLogger(QueueTable.class.getName());

    private final Map<LogId, Queue> queues = new HashMap<>();
    private final Set<LogId> quarantined = new HashSet<>();
    private final LogStorage storage;
    private final Surroundings shard;

    QueueTable(LogStorage storage, Surroundings shard) {
        this.storage = storage;
        this.shard = shard;
    }

    int size() {
        return queues.size();
    }

    int quarantined() {
        return quarantined.size();
    }

    @Nullable
    Queue get(QueueEntry entry) {
        Queue queue = queues.get(entry.log());
        return queue == null || quarantined.contains(entry.log()) ? null : queue;
    }

    /// Whether the queue is still there and sound.
    boolean has(Queue queue) {
        LogId log = queue.log().id();
        return queues.get(log) == queue && !quarantined.contains(log);
    }

    /// What the queue is in the topology; null when it is gone.
    @Nullable
    QueueEntry entryOf(Queue queue) {
        return has(queue) && queue.handle() instanceof QueueEntry entry ? entry : null;
    }

    BrokerException whyMissing(QueueEntry entry) {
        return quarantined.contains(entry.log())
                ? new BrokerException.StorageFailed(entry + " is out of order; its messages are kept")
                : new BrokerException.NotFound("no " + entry);
    }

    void open(QueueEntry entry, Arguments arguments) {
        if (entry.source() != null) {
            openCursor(entry, entry.source(), new QueueState());
            return;
        }
        boolean durable = entry.survivesRestart();
        Log log = durable ? storage.open(entry.log()) : storage.openVolatile(entry.log());
        Queue queue = queue(entry, arguments, durable, log, new QueueState());
        if (queues.putIfAbsent(entry.log(), queue) == null) {
            entry.live(queue);
        }
    }

    /// @param cleanly whether the broker stopped in order, and so has written what was delivered
    void recovered(QueueEntry entry, Arguments arguments, QueueState state, boolean cleanly) {
        if (entry.source() != null) {
            recoverCursor(entry, entry.source(), state, cleanly);
            return;
        }
        Log log = storage.open(entry.log());
        if (!cleanly && state.touched()) {
            state.redeliveries().allBefore(log.bounds().end());
        }
        Queue queue = queue(entry, arguments, true, log, state);
        queues.put(entry.log(), queue);
        entry.live(queue);
    }

    private void recoverCursor(QueueEntry entry, QueueEntry source, QueueState state, boolean cleanly) {
        Queue partition = queues.get(source.log());
        if (partition != null && !cleanly && state.touched()) {
            state.redeliveries().allBefore(partition.log().bounds().end());
        }
        openCursor(entry, source, state);
    }

    /// Takes messages from a log that is somebody else's.
    private void openCursor(QueueEntry entry, QueueEntry source, QueueState state) {
        Queue partition = queues.get(source.log());
        if (partition != null && !queues.containsKey(entry.log())) {
            state.beginUnlessBegun(entry.start());
            var log = new CursorLog(entry.log(), partition.log());
            var cursor = new WorkQueue(entry, entry.spec(), Arguments.NONE, true, log, state, shard);
            queues.put(entry.log(), cursor);
            partition.followedBy(cursor);
        }
    }

    /// Begins a cursor anew.
    ///
    /// @param state what it is to know
    void restart(QueueEntry entry, QueueEntry source, QueueState state) {
        Queue before = queues.remove(entry.log());
        Queue partition = queues.get(source.log());
        if (before instanceof WorkQueue cursor && partition != null) {
            before.close(new BrokerException.NotFound("the cursor over " + entry + " has begun anew"));
            partition.noLongerFollowedBy(cursor);
        }
        openCursor(entry, source, state);
    }

    private Queue queue(QueueEntry entry, Arguments arguments, boolean durable, Log log, QueueState state) {
        return entry.spec().isKept()
                ? new StreamQueue(entry, entry.spec(), arguments, log, state, shard)
                : new WorkQueue(entry, entry.spec(), arguments, durable, log, state, shard);
    }

    /// Queues that are gone meanwhile, or broken, need no new arguments.
    void reconfigure(List<Command.NewArguments> changes) {
        for (Command.NewArguments change : changes) {
            Queue queue = get(change.queue());
            if (queue == null) {
                continue;
            }
            try {
                queue.reconfigure(change.arguments());
            } catch (RuntimeException e) {
                quarantine(queue, e);
            }
        }
    }

    void drop(QueueEntry entry) {
        Queue queue = queues.remove(entry.log());
        quarantined.remove(entry.log());
        entry.deleted();
        if (queue != null) {
            queue.close(new BrokerException.NotFound("no " + entry));
            letGo(entry, queue);
        }
    }

    private void letGo(QueueEntry entry, Queue queue) {
        QueueEntry source = entry.source();
        if (source == null) {
            storage.drop(entry.log());
            return;
        }
        Queue partition = queues.get(source.log());
        if (partition != null && queue instanceof WorkQueue cursor) {
            partition.noLongerFollowedBy(cursor);
        }
    }

    /// Takes a queue out of service whose code threw: what it holds in memory cannot be trusted, what it holds
    /// on disk is kept for a restart.
    void quarantine(Queue queue, RuntimeException cause) {
        if (!has(queue)) {
            return;
        }
        LOG.log(Level.ERROR, queue.handle() + " is out of order until a restart; its messages are kept", cause);
        quarantined.add(queue.log().id());
        try {
            queue.close(new BrokerException.StorageFailed(queue.handle() + " is out of order; its messages are kept"));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, queue.handle() + " could not be closed", e);
        }
    }

    /// Those with something to keep over a restart; broken ones too.
    List<Queue> durableQueues() {
        var durable = new ArrayList<Queue>();
        for (Queue queue : queues.values()) {
            if (queue.durable()) {
                durable.add(queue);
            }
        }
        return durable;
    }

    /// @param virtualHost only queues of this one; null for all
    ShardReading reading(@Nullable String virtualHost, boolean each, Counters counters) {
        var reading = new ShardReading.Builder(counters, each);
        for (Queue queue : queues.values()) {
            if (queue.handle() instanceof QueueEntry entry
                    && (virtualHost == null || virtualHost.equals(entry.virtualHost()))) {
                reading.add(statistics(queue, entry));
            }
        }
        return reading.build();
    }

    void tell(QueueEntry entry, Reply<QueueStatistics> reply) {
        Queue queue = queues.get(entry.log());
        if (queue == null) {
            reply.failed(whyMissing(entry));
        } else {
            reply.ok(statistics(queue, entry));
        }
    }

    private QueueStatistics statistics(Queue queue, QueueEntry entry) {
        return quarantined.contains(entry.log()) ? QueueStatistics.outOfOrder(entry) : queue.statistics(entry);
    }

    boolean stillExists(Queue queue) {
        return queues.get(queue.log().id()) == queue;
    }

    void failWaiting(BrokerException cause) {
        queues.values().forEach(queue -> queue.failWaiting(cause));
    }
}
