package io.posthorn.broker;

import io.posthorn.broker.message.MessageEncoder;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.topology.MessageFacts;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Route;
import io.posthorn.log.BatchBuilder;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The way of one queue's messages to others of this broker: one batch for neighbours that go to the same queues.
/// Confined to the thread of the queue's shard.
final class LocalForwards implements Forwards {
    private static final int SEAL_BYTES = 256 * 1024;

    private final LocalBroker broker;
    private final QueueEntry source;
    private final ReceiptSink receipts;
    private final MessageFacts facts;
    private final MessageEncoder encoder = new MessageEncoder();
    private @Nullable OpenBatch open;

    LocalForwards(LocalBroker broker, QueueEntry source, ReceiptSink receipts) {
        this.broker = broker;
        this.source = source;
        this.receipts = receipts;
        this.facts = new MessageFacts(
                new SplittableRandom(broker.options().seed() + source.log().value()));
    }

    @Override
    public int forward(Message message, long sequence, boolean dead) {
        Route route = route(message, dead);
        if (route.isEmpty()) {
            return 0;
        }
        OpenBatch batch = batchTo(route);
        String onlyQueue = route.size() == 1 ? route.queue(0).name() : null;
        encoder.encode(
                message,
                MessageEncoder.addressOf(message.exchange(), message.routingKey(), onlyQueue),
                batch.builder());
        batch.added(message.persistent(), sequence);
        if (batch.builder().sizeInBytes() >= SEAL_BYTES) {
            flush();
        }
        return route.size();
    }

    private Route route(Message message, boolean dead) {
        Route route = broker.topology()
                .routeOwn(
                        source.virtualHost(),
                        message.exchange(),
                        message.routingKey(),
                        message.furtherRoutingKeys(),
                        facts.of(message.telling(() -> broker.attributes().of(message))));
        DeathHistory deaths = message.deaths();
        return dead && deaths != null ? route.without(queue -> deaths.isCycle(queue.name())) : route;
    }

    private OpenBatch batchTo(Route route) {
        OpenBatch batch = open;
        if (batch == null || !batch.route().equals(route)) {
            flush();
            batch = new OpenBatch(route, new BatchBuilder());
            open = batch;
        }
        return batch;
    }

    @Override
    public void flush() {
        OpenBatch batch = open;
        if (batch == null || batch.isEmpty()) {
            return;
        }
        List<Shard> shards = broker.shards();
        for (Publication each : batch.seal(receipts, shard -> shards.get(shard).outletToShards())) {
            shards.get(each.targets()[0].shard()).forward(each);
        }
    }
}
