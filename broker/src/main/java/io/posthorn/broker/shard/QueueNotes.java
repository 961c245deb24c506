package io.posthorn.broker.shard;

import io.posthorn.broker.queue.Queue;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// What queues note in the journal as they come to know it. Nobody waits for these events, and nothing breaks without
/// them: after a restart something is to be found out again. Confined to the shard's thread.
final class QueueNotes {
    private static final Logger LOG = System.getLogger(QueueNotes.class.getName());

    private final int machine;
    private final Journal journal;

    /// A note may be made while other events are being written.
    private final ShardEventCodec events = new ShardEventCodec();

    QueueNotes(int machine, Journal journal) {
        this.machine = machine;
        this.journal = journal;
    }

    void chunkBegun(Queue queue, long offset, long position, long previousEnd, long previousLatest) {
        events.write(new ShardEvent.ChunkBegun(queue.log().id(), offset, position, previousEnd, previousLatest));
        append("after a restart a stream will know less of its past");
    }

    void compactedTo(Queue queue, long offset) {
        events.write(new ShardEvent.CompactedTo(queue.log().id(), offset));
        append("after a restart a log will be compacted from its start");
    }

    void timesKnown(Queue queue) {
        if (queue.durable()) {
            StateEvents.writeTimes(queue, events);
            append("after a restart messages will live longer than they were to");
        }
    }

    private void append(String otherwise) {
        try {
            journal.append(machine, events.take(), false);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, otherwise, e);
        }
    }
}
