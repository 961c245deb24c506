package io.posthorn.broker;

import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.ConsumerLink;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Outlet;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Bytes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The way from a queue to a session's sink: a call where one thread runs both, otherwise copies that are
/// handed over once per pass, with so many, and so many bytes, under way at most. Those bytes are in the broker's one
/// account of memory until the sink has them.
final class SinkLink implements ConsumerLink {
    private static final Logger LOG = System.getLogger(SinkLink.class.getName());
    private static final int MOST_UNDER_WAY = 512;
    private static final long MOST_BYTES_UNDER_WAY = 1024 * 1024;

    /// What a delivery takes besides its bytes.
    private static final long BYTES_OF_ONE = 256;

    private final Shard shard;
    private final MemoryBudget memory;
    private final QueueEntry queue;
    private final Outlet outlet;
    private final DeliverySink sink;

    // The shard's side.
    private @Nullable Consumer consumer;
    private List<Delivery> collected = new ArrayList<>(0);
    private long collectedBytes;
    private int underWay;
    private long bytesUnderWay;

    // The session's side.
    private final ArrayDeque<Delivery> arrived = new ArrayDeque<>(0);
    private boolean welcome = true;
    private boolean closed;
    private @Nullable SharedCredit shared;

    SinkLink(Shard shard, MemoryBudget memory, QueueEntry queue, Outlet outlet, DeliverySink sink) {
        this.shard = shard;
        this.memory = memory;
        this.queue = queue;
        this.outlet = outlet;
        this.sink = sink;
    }

    /// Before anything else: whose link this is.
    void serves(Consumer served) {
        consumer = served;
    }

    /// On the session's thread.
    void shares(SharedCredit credit) {
        shared = credit;
    }

    @Override
    public boolean deliver(Delivery delivery) {
        if (outlet.isDirect()) {
            return pass(delivery);
        }
        Delivery copy = copyOf(delivery);
        long size = sizeOf(copy);
        collected.add(copy);
        collectedBytes += size;
        underWay++;
        bytesUnderWay += size;
        return !isFull();
    }

    private boolean isFull() {
        return underWay >= MOST_UNDER_WAY || bytesUnderWay >= MOST_BYTES_UNDER_WAY;
    }

    private static long sizeOf(Delivery delivery) {
        Message message = delivery.message();
        long bytes = BYTES_OF_ONE + message.body().length();
        for (int i = 0; i < message.headers().size(); i++) {
            Bytes value = message.headers().get(i).value();
            bytes += value == null ? 0 : value.length();
        }
        return bytes;
    }

    @Override
    public void flush() {
        if (outlet.isDirect()) {
            flushSink();
        } else if (!collected.isEmpty()) {
            List<Delivery> batch = collected;
            collected = new ArrayList<>();
            memory.hold(collectedBytes);
            collectedBytes = 0;
            outlet.run(() -> arrive(batch));
        }
    }

    @Override
    public void cancelled() {
        end(sink::cancelled);
    }

    @Override
    public void timedOut(long timeoutMillis) {
        end(() -> sink.timedOut(timeoutMillis));
    }

    private void end(Runnable told) {
        flush();
        outlet.run(() -> {
            arrivedAll();
            told.run();
        });
    }

    /// On the session's thread: the sink can take deliveries again.
    void resume() {
        if (outlet.isDirect()) {
            shard.submit(new Command.Resume(queue, served()));
        } else {
            welcome = true;
            feed();
        }
    }

    /// On the session's thread: nothing more will come, and what is here must not stay.
    void arrivedAll() {
        long bytes = 0;
        while (!arrived.isEmpty()) {
            bytes += sizeOf(arrived.element());
            pass(arrived.remove());
        }
        memory.release(bytes);
        flushSink();
    }

    /// On the session's thread: nobody is there any more for what still comes; who held it gives it back.
    void close() {
        closed = true;
        drop();
    }

    private void drop() {
        memory.release(arrived.stream().mapToLong(SinkLink::sizeOf).sum());
        arrived.clear();
    }

    private void arrive(List<Delivery> batch) {
        arrived.addAll(batch);
        if (closed) {
            drop();
        } else {
            feed();
        }
    }

    private void feed() {
        int fed = 0;
        long bytes = 0;
        while (welcome && !arrived.isEmpty() && !isPaused()) {
            bytes += sizeOf(arrived.element());
            welcome = pass(arrived.remove());
            fed++;
        }
        if (fed > 0) {
            memory.release(bytes);
            flushSink();
            shard.submit(new Command.Arrived(queue, served(), fed, bytes));
        }
    }

    private boolean isPaused() {
        return shared != null && shared.isPaused();
    }

    @Override
    public void creditGranted() {
        shard.submit(new Command.GrantCredit(queue, served()));
    }

    /// On the shard's thread: so many have reached the sink.
    @Override
    public boolean arrived(int count, long bytes) {
        boolean wasFull = isFull();
        underWay -= count;
        bytesUnderWay -= bytes;
        return wasFull && !isFull();
    }

    private boolean pass(Delivery delivery) {
        try {
            return sink.deliver(delivery);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a consumer of " + queue + " failed to take a delivery", e);
            return false;
        }
    }

    private void flushSink() {
        try {
            sink.flush();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a consumer of " + queue + " failed to write out its deliveries", e);
        }
    }

    private Consumer served() {
        return Objects.requireNonNull(consumer);
    }

    static Delivery copyOf(Delivery delivery) {
        return new Delivery(
                delivery.queue(),
                delivery.deliveryId(),
                delivery.redelivered(),
                delivery.deliveryCount(),
                MessageDecoder.copyOf(delivery.message()),
                delivery.remaining(),
                delivery.streamOffset());
    }
}
