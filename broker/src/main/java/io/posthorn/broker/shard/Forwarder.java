package io.posthorn.broker.shard;

import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.topology.QueueEntry;

/// Makes ways from the queues of a shard to those of all. Called on the shard's thread.
public interface Forwarder {
    /// @param receipts told on any thread
    Forwards from(QueueEntry source, ReceiptSink receipts);
}
