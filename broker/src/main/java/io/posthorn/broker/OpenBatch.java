package io.posthorn.broker;

import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.shard.Outlet;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.shard.Receipt;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Route;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The messages that one publisher has collected for one route.
final class OpenBatch {
    private static final int SEAL_BYTES = 256 * 1024;

    private final Route route;
    private final BatchBuilder builder;
    private OffsetRanges sequences = new OffsetRanges();
    private int mostMessages;
    private boolean persistent;
    private boolean expiring;

    OpenBatch(Route route, BatchBuilder builder) {
        this.route = route;
        this.builder = builder;
        this.mostMessages = route.mostInBatch();
    }

    Route route() {
        return route;
    }

    BatchBuilder builder() {
        return builder;
    }

    boolean isEmpty() {
        return builder.count() == 0;
    }

    /// Whether it is time to send it: it is large, or a queue wants small ones.
    boolean isFull() {
        return builder.sizeInBytes() >= SEAL_BYTES || builder.count() >= mostMessages;
    }

    /// A message was added to the builder.
    void added(Message message, long sequence) {
        persistent |= message.persistent();
        expiring |= message.expiresAt() != Message.NEVER;
        if (sequence >= 0) {
            sequences.add(sequence, sequence + 1);
        }
    }

    /// What goes to the shards, one publication for each; this batch is empty afterwards.
    List<Publication> seal(ReceiptSink receipts, IntFunction<Outlet> outlets) {
        RecordBatch batch = builder.build();
        List<List<QueueEntry>> byShard = byShard();
        int parts = byShard.size() + route.delayCount();
        Receipt receipt = sequences.isEmpty() ? null : new Receipt(receipts, sequences, parts);
        var publications = new ArrayList<Publication>(parts);
        for (List<QueueEntry> targets : byShard) {
            publications.add(publication(targets, batch, parts == 1, receipt, outlets));
        }
        for (int i = 0; i < route.delayCount(); i++) {
            DelayEntry delay = route.delay(i);
            Outlet outlet = outlets.apply(delay.shard());
            publications.add(
                    new Publication(new QueueEntry[0], delay, batch, persistent, expiring, false, receipt, outlet));
        }
        sequences = new OffsetRanges();
        persistent = false;
        expiring = false;
        mostMessages = route.mostInBatch();
        return publications;
    }

    private Publication publication(
            List<QueueEntry> targets,
            RecordBatch batch,
            boolean only,
            @Nullable Receipt receipt,
            IntFunction<Outlet> outlets) {
        return new Publication(
                targets.toArray(QueueEntry[]::new),
                null,
                batch,
                persistent,
                expiring,
                only && targets.size() == 1,
                receipt,
                outlets.apply(targets.getFirst().shard()));
    }

    private List<List<QueueEntry>> byShard() {
        if (route.size() == 1) {
            return List.of(List.of(route.queue(0)));
        }
        var byShard = new ArrayList<List<QueueEntry>>(Topology.SHARDS);
        for (int i = 0; i < Topology.SHARDS; i++) {
            byShard.add(new ArrayList<>());
        }
        for (int i = 0; i < route.size(); i++) {
            byShard.get(route.queue(i).shard()).add(route.queue(i));
        }
        byShard.removeIf(List::isEmpty);
        return byShard;
    }
}
