package io.posthorn.broker.shard;

import io.posthorn.broker.queue.QueueState;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordBatch;
import java.util.HashMap;
import java.util.Map;

/// What is known of the queues of all shards while the storage is opened: events tell it, and batches.
///
/// A batch that its producer numbers is the event that says so. It is in the journal or it is not, and what is known of
/// its producer with it.
public final class RecoveredQueues {
    private final Map<LogId, QueueState> states = new HashMap<>();

    QueueState of(LogId log) {
        return states.computeIfAbsent(log, _ -> new QueueState());
    }

    void remove(LogId log) {
        states.remove(log);
    }

    /// A log has this batch.
    public void batch(LogId log, long base, RecordBatch batch) {
        QueueState state = batch.producerId() < 0 ? states.get(log) : of(log);
        if (state != null) {
            state.recovered(base, batch);
        }
    }

    /// What is known of the queue; takes it out.
    public QueueState take(LogId log) {
        QueueState state = states.remove(log);
        return state == null ? new QueueState() : state;
    }
}
