package io.posthorn.broker.shard;

import io.posthorn.broker.queue.DuplicateWindow;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.OffsetSet;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.queue.Settlements;
import io.posthorn.log.Snapshots;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One snapshot of a shard, written slice by slice between passes, so that no pass takes longer than some
/// milliseconds for it.
///
/// Queues that come later need no part in it: all their events follow its begin. What is settled between two
/// slices of one queue is in both its events and its chunks, which does no harm.
final class SnapshotSlices {
    private static final int SLICE_BYTES = 256 * 1024;
    private static final int RANGES_PER_EVENT = 10_000;
    private static final int IDS_PER_EVENT = 4_000;
    private static final int KEYS_PER_EVENT = 8_000;

    private final int machine;
    private final Snapshots.SnapshotWriter writer;
    private final Iterator<Queue> rest;
    private final DelaySlices delays;
    private final ShardEventCodec events = new ShardEventCodec();
    private @Nullable Queue current;
    private long nextSettled = OffsetSet.NONE;
    private long nextDescribed = OffsetSet.NONE;
    private long nextKeyed = OffsetSet.NONE;
    private long nextSeen = OffsetSet.NONE;

    SnapshotSlices(int machine, Snapshots.SnapshotWriter writer, List<Queue> queues, DelayTable delayTable) {
        this.machine = machine;
        this.writer = writer;
        this.rest = queues.iterator();
        this.delays = new DelaySlices(machine, delayTable);
    }

    /// Ends it before its end.
    void giveUp() {
        writer.failed(machine);
    }

    /// @return whether that was the last one
    /// @throws RuntimeException when something is missing in it now: then it must not be gone on with
    boolean writeSlice(QueueTable queues) {
        while (events.size() < SLICE_BYTES) {
            Queue queue = current;
            if (queue != null) {
                writeMore(queue);
            } else if (rest.hasNext()) {
                begin(rest.next(), queues);
            } else if (delays.write(events, SLICE_BYTES)) {
                writeChunk();
                writer.done(machine);
                return true;
            }
        }
        writeChunk();
        return false;
    }

    private void begin(Queue queue, QueueTable queues) {
        if (!queues.stillExists(queue)) {
            return;
        }
        if (queues.has(queue)) {
            queue.trim();
        }
        QueueState state = queue.state();
        Settlements settlements = state.settlements();
        if (!state.isNew()) {
            events.write(new ShardEvent.Begun(queue.log().id(), state.touched(), settlements.before()));
            StateEvents.writeTransients(queue, this::write);
            StateEvents.writeTimes(queue, this::write);
            StateEvents.writeRedeliveries(queue, this::write);
            StateEvents.writeWaiting(queue, this::write);
            StateEvents.writeChunks(queue, this::write);
            StateEvents.writeProducers(queue, this::write);
            StateEvents.writeVoids(queue, this::write);
            nextSettled = settlements.above().first();
            nextKeyed = state.keys().isEmpty() ? OffsetSet.NONE : settlements.before();
            nextDescribed = state.messages() == null ? OffsetSet.NONE : 0;
            nextSeen = state.seen().isEmpty() ? OffsetSet.NONE : state.seen().first();
            current = isWritten() ? null : queue;
        }
    }

    private boolean isWritten() {
        return nextSettled == OffsetSet.NONE
                && nextDescribed == OffsetSet.NONE
                && nextKeyed == OffsetSet.NONE
                && nextSeen == OffsetSet.NONE;
    }

    private void writeMore(Queue queue) {
        if (nextSettled != OffsetSet.NONE) {
            writeMoreSettled(queue);
        } else if (nextKeyed != OffsetSet.NONE) {
            writeMoreKeys(queue);
        } else if (nextSeen != OffsetSet.NONE) {
            writeMoreSeen(queue);
        } else {
            nextDescribed = StateEvents.writeMessages(queue, nextDescribed, RANGES_PER_EVENT, events);
        }
        if (isWritten()) {
            current = null;
        }
    }

    private void writeMoreSettled(Queue queue) {
        var ranges = new OffsetRanges();
        nextSettled = StateEvents.collect(queue.state().settlements().above(), nextSettled, RANGES_PER_EVENT, ranges);
        if (!ranges.isEmpty()) {
            events.write(new ShardEvent.Settled(queue.log().id(), ranges));
        }
    }

    private void writeMoreKeys(Queue queue) {
        long end = queue.log().bounds().end();
        long from = Math.max(nextKeyed, queue.state().settlements().before());
        var run = queue.state().keys().run(from, Math.min(end, from + KEYS_PER_EVENT));
        if (run != null) {
            events.write(new ShardEvent.Keyed(queue.log().id(), run.base(), run.hashes()));
        }
        nextKeyed = run == null ? from + KEYS_PER_EVENT : run.base() + run.hashes().length;
        if (nextKeyed >= end) {
            nextKeyed = OffsetSet.NONE;
        }
    }

    private void writeMoreSeen(Queue queue) {
        DuplicateWindow seen = queue.state().seen();
        // The oldest may have been forgotten since the last slice.
        long from = Math.max(nextSeen, seen.first());
        nextSeen = Math.min(from + IDS_PER_EVENT, seen.end());
        if (from < nextSeen) {
            events.write(new ShardEvent.Seen(queue.log().id(), seen, from, nextSeen));
        }
        if (nextSeen == seen.end()) {
            nextSeen = OffsetSet.NONE;
        }
    }

    /// For what is written of a queue at once: that may be more than one chunk holds.
    private void write(ShardEvent event) {
        events.write(event);
        if (events.size() >= SLICE_BYTES) {
            writeChunk();
        }
    }

    private void writeChunk() {
        if (events.size() > 0) {
            writer.chunk(machine, events.take());
        }
    }
}
