package io.posthorn.broker.shard;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.ConsumerLink;
import io.posthorn.broker.queue.Getter;
import io.posthorn.broker.queue.Holder;
import java.util.ArrayList;
import java.util.List;

/// Somebody in a [ShardWorld] who holds deliveries of one queue.
final class Taker implements ConsumerLink {
    private final ShardWorld world;
    private final String queue;
    private final int prefetch;
    private final List<Delivery> took = new ArrayList<>();
    private Holder holder = new Getter();
    private int seen;
    boolean welcome = true;
    boolean cancelled;
    int flushes;

    Taker(ShardWorld world, String queue, int prefetch) {
        this.world = world;
        this.queue = queue;
        this.prefetch = prefetch;
    }

    /// Consumes, where it else would only get.
    void holds(Consumer consumer) {
        holder = consumer;
    }

    Holder holder() {
        return holder;
    }

    String queue() {
        return queue;
    }

    int prefetch() {
        return prefetch;
    }

    /// Everything it got since the last call.
    List<Delivery> deliveries() {
        List<Delivery> now = List.copyOf(took.subList(seen, took.size()));
        seen = took.size();
        return now;
    }

    /// The bodies of those.
    List<String> tookNow() {
        return deliveries().stream().map(d -> d.message().body().toUtf8()).toList();
    }

    @Override
    public boolean deliver(Delivery delivery) {
        took.add(delivery);
        world.arrived(this, delivery);
        return welcome;
    }

    @Override
    public void creditGranted() {
        if (holder instanceof Consumer consumer) {
            world.shard().submit(new Command.GrantCredit(world.queue(queue), consumer));
        }
    }

    @Override
    public boolean arrived(int count, long bytes) {
        return false;
    }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public void cancelled() {
        cancelled = true;
    }

    @Override
    public void timedOut(long timeoutMillis) {
        cancelled = true;
    }
}
