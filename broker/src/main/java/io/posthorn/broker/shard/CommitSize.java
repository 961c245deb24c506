package io.posthorn.broker.shard;

import io.posthorn.broker.queue.MessageFacts;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.StreamQueue;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.RecordBatch;
import java.util.List;

/// How much of the journal a transaction takes in one shard at most. Confined to the shard's thread.
final class CommitSize {
    private static final long FRAME = 32;
    private static final long TARGET = 16;

    /// What the journal is told of one queue beside the messages: times, transient ones, and the frames of the rest.
    private static final long NOTES = 256;

    private static final long RUN = 32;
    private static final long ID = 32;

    /// Delayed messages lie by the time at which they are due: each such part is a batch, and may be a new log.
    private static final long PART = 192;

    private static final int MOST_PARTS = 128;

    /// A record may take so much more in another batch.
    private static final long REENCODED = 10;

    private CommitSize() {}

    /// @param events bytes of what is written of its settlements
    static long of(List<Publication> publications, int events, QueueTable queues) {
        long size = FRAME + events;
        for (int i = 0; i < publications.size(); i++) {
            size += of(publications.get(i), queues);
        }
        return size;
    }

    private static long of(Publication publication, QueueTable queues) {
        RecordBatch batch = publication.batch();
        long frame = FRAME + batch.sizeInBytes();
        int count = batch.count();
        if (publication.delay() != null) {
            return frame + REENCODED * count + PART * Math.min(count, MOST_PARTS);
        }
        long size = 0;
        boolean shared = false;
        for (QueueEntry target : publication.targets()) {
            Queue queue = queues.get(target);
            if (queue != null && queue.durable()) {
                // Who keeps duplicates out gets a batch of its own.
                boolean alone = queue.deduplication() != null;
                shared |= !alone;
                size += NOTES + notesOf(queue, batch) + (alone ? frame + ID * count : TARGET);
            }
        }
        return shared ? size + frame : size;
    }

    private static long notesOf(Queue queue, RecordBatch batch) {
        // A stream says nothing of single messages.
        MessageFacts facts = queue instanceof StreamQueue ? null : queue.describe(batch);
        if (facts == null) {
            return 0;
        }
        long runs = facts.runs() == null ? 0 : facts.runs().size();
        long keys = facts.keys() == null ? 0 : facts.keys().length;
        return RUN * runs + Long.BYTES * keys;
    }
}
