package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.queue.OffsetRanges;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The receipt of one batch: given once all shards it went to have taken or refused it. A refusal from any is a
/// refusal.
public final class Receipt {
    private final ReceiptSink sink;
    private final OffsetRanges sequences;
    private final AtomicInteger missing;
    private volatile @Nullable BrokerException refusal;

    /// @param sequences of the messages in the batch
    /// @param shards how many shards must answer
    public Receipt(ReceiptSink sink, OffsetRanges sequences, int shards) {
        this.sink = sink;
        this.sequences = sequences;
        this.missing = new AtomicInteger(shards);
    }

    /// One shard has the batch, durable where it had to be.
    void accepted(Outlet outlet) {
        if (missing.decrementAndGet() == 0) {
            outlet.run(this::deliver);
        }
    }

    /// One shard does not have it.
    void refused(BrokerException cause, Outlet outlet) {
        refusal = cause;
        accepted(outlet);
    }

    private void deliver() {
        BrokerException cause = refusal;
        for (int i = 0; i < sequences.size(); i++) {
            if (cause == null) {
                sink.accepted(sequences.from(i), sequences.to(i) - 1);
            } else {
                sink.refused(sequences.from(i), sequences.to(i) - 1, cause);
            }
        }
    }
}
