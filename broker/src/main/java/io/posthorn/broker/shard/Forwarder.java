package io.posthorn.broker.shard;

import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.log.LogId;
import org.jspecify.annotations.Nullable;

/// Makes ways from the queues of a shard, and from exchanges at which messages wait, to the queues of all. Called on
/// the shard's thread.
public interface Forwarder {
    /// @param exchange by whose bindings all messages go; null when each goes where it says
    /// @param source names where they come from; what is left to chance depends on it
    /// @param receipts told on any thread
    Forwards from(String virtualHost, @Nullable String exchange, LogId source, ReceiptSink receipts);
}
