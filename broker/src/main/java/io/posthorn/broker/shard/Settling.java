package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.queue.Queue;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The queues in which something was settled in a pass, and what the journal is told of that. Confined to the shard's
/// thread.
final class Settling {
    private static final Logger LOG = System.getLogger(Settling.class.getName());

    private final int machine;
    private final Journal journal;
    private final QueueTable queues;
    private final ShardEventCodec events;
    private final ArrayList<Queue> dirty = new ArrayList<>();

    /// Why what is settled is not written any more; null while it is.
    private @Nullable BrokerException failure;

    Settling(int machine, Journal journal, QueueTable queues, ShardEventCodec events) {
        this.machine = machine;
        this.journal = journal;
        this.queues = queues;
        this.events = events;
    }

    /// Something was settled in the queue.
    void of(Queue queue) {
        if (!queue.dirty) {
            queue.dirty = true;
            dirty.add(queue);
        }
    }

    /// Called at the end of each pass.
    ///
    /// @param now wall time in milliseconds since the epoch
    void record(long now) {
        int kept = 0;
        for (int i = 0; i < dirty.size(); i++) {
            Queue queue = dirty.get(i);
            if (queues.has(queue) && !record(queue, now)) {
                dirty.set(kept++, queue);
            } else {
                queue.dirty = false;
            }
        }
        dirty.subList(kept, dirty.size()).clear();
    }

    /// A clean stop: what is held comes back, and is known to have been delivered. Of a queue that is out of order all
    /// is kept as it is.
    void recordLast() {
        try {
            for (Queue queue : queues.durableQueues()) {
                if (queues.has(queue)) {
                    recordLast(queue);
                }
            }
        } catch (LogException e) {
            LOG.log(Level.WARNING, "which messages were delivered could not be written", e);
        }
    }

    private void recordLast(Queue queue) {
        try {
            queue.giveBackEverything();
            StateEvents.writeRedeliveries(queue, events);
            if (events.size() > 0) {
                journal.append(machine, events.take(), false);
            }
            queue.trim();
        } catch (LogException e) {
            throw e;
        } catch (RuntimeException e) {
            events.take();
            queues.quarantine(queue, e);
        }
    }

    /// Writes now what the queue has to be written of, for somebody who waits until that is durable.
    ///
    /// @return why that never will be, or not yet; null when it is written, now or before
    @Nullable
    BrokerException recordNow(Queue queue, long now) {
        if (queue.dirty) {
            if (!record(queue, now)) {
                return new BrokerException.StorageFull("there is no room for what was settled");
            }
            queue.dirty = false;
            dirty.remove(queue);
        }
        if (!queues.has(queue)) {
            return new BrokerException.StorageFailed("what was settled in " + queue + " could not be written");
        }
        return failure;
    }

    /// One event for all that was settled, and others for what came back, in a queue in this pass. Nobody waits for it.
    ///
    /// @return false when it must be tried again, because there was no room
    private boolean record(Queue queue, long now) {
        try {
            if (queue.durable()) {
                StateEvents.writeNews(queue, now, events);
                journal.append(machine, events.take(), false);
            }
            queue.recordSettled();
        } catch (LogException.StorageFull e) {
            return false;
        } catch (LogException.Poisoned e) {
            // What is settled in memory will come again after the restart, as redelivered.
            queue.forgetNews();
            failure = Failures.of(e);
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
        }
        return true;
    }
}
