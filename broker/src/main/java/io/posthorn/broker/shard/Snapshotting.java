package io.posthorn.broker.shard;

import io.posthorn.log.Snapshots;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;

/// The snapshots of a shard that are being written, one behind the other. Confined to the shard's thread.
final class Snapshotting {
    private static final Logger LOG = System.getLogger(Snapshotting.class.getName());

    private final int machine;
    private final QueueTable queues;
    private final DelayTable delays;
    private final ArrayDeque<SnapshotSlices> waiting = new ArrayDeque<>();

    Snapshotting(int machine, QueueTable queues, DelayTable delays) {
        this.machine = machine;
        this.queues = queues;
        this.delays = delays;
    }

    void begin(Snapshots.SnapshotWriter writer) {
        waiting.add(new SnapshotSlices(machine, writer, queues.durableQueues(), delays));
    }

    /// @return whether there is another slice to be written
    boolean writeSlice() {
        SnapshotSlices snapshot = waiting.peek();
        if (snapshot == null) {
            return false;
        }
        try {
            if (snapshot.writeSlice(queues)) {
                waiting.remove();
            }
        } catch (RuntimeException e) {
            // Whatever it was: a snapshot that lacks a part must never count, and without its end it does not.
            LOG.log(Level.WARNING, "a snapshot could not be written; the journal before it is kept", e);
            waiting.remove();
            snapshot.giveUp();
        }
        return !waiting.isEmpty();
    }
}
