package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// One batch on its way to the queues of one shard.
///
/// @param targets queues of that shard, each once
/// @param delay the exchange at which the messages wait instead; null when they go to queues
/// @param persistent whether any message in it is
/// @param expiring whether any message in it was given a time to live
/// @param only whether nobody but its one queue gets the batch
/// @param receipt null when nobody waits
/// @param outlet where the receipt goes
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Publication(
        QueueEntry[] targets,
        @Nullable DelayEntry delay,
        RecordBatch batch,
        boolean persistent,
        boolean expiring,
        boolean only,
        @Nullable Receipt receipt,
        Outlet outlet) {

    /// A batch that goes to queues.
    public Publication(
            QueueEntry[] targets,
            RecordBatch batch,
            boolean persistent,
            boolean expiring,
            @Nullable Receipt receipt,
            Outlet outlet) {
        this(targets, null, batch, persistent, expiring, false, receipt, outlet);
    }

    /// The same with the same messages in another batch.
    public Publication with(RecordBatch same) {
        return new Publication(targets, delay, same, persistent, expiring, false, receipt, outlet);
    }

    /// The shard that it goes to.
    public int shard() {
        return delay == null ? targets[0].shard() : delay.shard();
    }

    void accepted() {
        if (receipt != null) {
            receipt.accepted(outlet);
        }
    }

    void refused(BrokerException cause) {
        if (receipt != null) {
            receipt.refused(cause, outlet);
        }
    }
}
