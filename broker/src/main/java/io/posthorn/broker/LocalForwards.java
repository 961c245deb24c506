package io.posthorn.broker;

import io.posthorn.broker.delay.Due;
import io.posthorn.broker.message.MessageEncoder;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.topology.MessageFacts;
import io.posthorn.broker.topology.Route;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The way of one queue's messages to others of this broker: one batch for neighbours that go to the same queues.
/// Confined to the thread of the queue's shard.
final class LocalForwards implements Forwards {

    private final LocalBroker broker;
    private final String virtualHost;
    private final @Nullable String exchange;
    private final ReceiptSink receipts;
    private final MessageFacts facts;
    private final MessageEncoder encoder = new MessageEncoder();
    private final PartitionChoice partitions;
    private @Nullable OpenBatch open;

    /// @param exchange where all messages go; null when each knows its own
    LocalForwards(
            LocalBroker broker, String virtualHost, @Nullable String exchange, LogId source, ReceiptSink receipts) {
        this.broker = broker;
        this.virtualHost = virtualHost;
        this.exchange = exchange;
        this.receipts = receipts;
        this.partitions = new PartitionChoice((int) source.value());
        this.facts = new MessageFacts(new SplittableRandom(broker.options().seed() + source.value()));
    }

    @Override
    public int forward(Message message, long sequence, boolean dead) {
        Route route = route(message, dead);
        if (route.isEmpty()) {
            return 0;
        }
        OpenBatch batch = batchTo(route);
        encoder.encode(message, addressOf(message, route), batch.builder());
        batch.added(message, sequence);
        if (batch.isFull()) {
            flush();
        }
        return route.size() + route.delayCount();
    }

    private List<RecordHeader> addressOf(Message message, Route route) {
        String onlyQueue =
                route.size() == 1 && route.delayCount() == 0 ? route.queue(0).name() : null;
        List<RecordHeader> address = MessageEncoder.addressOf(message, onlyQueue);
        if (route.delayCount() == 0) {
            return address;
        }
        var headers = new ArrayList<RecordHeader>();
        headers.add(Due.after(facts.delay(), broker.now()).toHeader());
        headers.addAll(address);
        return headers;
    }

    private Route route(Message message, boolean dead) {
        Route route = broker.topology()
                .routeOwn(
                        virtualHost,
                        exchange == null ? message.exchange() : exchange,
                        message.routingKey(),
                        message.furtherRoutingKeys(),
                        facts.of(message.telling(() -> broker.attributes().of(message))));
        DeathHistory deaths = message.deaths();
        Route rest = dead && deaths != null ? route.without(queue -> deaths.isCycle(queue.name())) : route;
        return rest.leadsToTopics() ? partitions.of(rest, message.key(), broker.topology()) : rest;
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
        partitions.nextBatch();
        List<Shard> shards = broker.shards();
        for (Publication each : batch.seal(receipts, shard -> shards.get(shard).outletToShards())) {
            shards.get(each.shard()).forward(each);
        }
    }
}
