package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.topology.QueueEntry;

/// Brings the receipts of what a queue has given away back to its shard, from whichever shard took it.
record ForwardReceipts(Shard shard, QueueEntry source) implements ReceiptSink {
    @Override
    public void accepted(long firstSequence, long lastSequence) {
        shard.submit(new Command.Forwarded(source, firstSequence, lastSequence));
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        shard.submit(new Command.NotForwarded(source, firstSequence, lastSequence, cause));
    }
}
