package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Reply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Consumes one queue to its end and settles every message; remembers when each million was through. Confined
/// to the session's loop.
final class Drainer implements DeliverySink, Reply<ConsumerHandle> {
    private static final int PREFETCH = 1_000;

    private final long[] nanosAt;
    private final long messages;
    private final long step;
    private long received;
    private final CompletableFuture<long[]> done = new CompletableFuture<>();
    private final BrokerSession session;
    private @Nullable ConsumerHandle handle;

    /// @param step after how many messages to look at the clock
    Drainer(BrokerSession session, long messages, long step) {
        this.session = session;
        this.messages = messages;
        this.step = step;
        nanosAt = new long[(int) (messages / step) + 1];
    }

    /// @return completed with the time at the start and after each step
    CompletableFuture<long[]> drained() {
        return done;
    }

    void drain(String queue) {
        nanosAt[0] = System.nanoTime();
        session.consume(new ConsumerSpec(queue, "drain", false, false, PREFETCH, Arguments.NONE), this, this);
    }

    @Override
    public void ok(ConsumerHandle consumer) {
        handle = consumer;
    }

    @Override
    public boolean deliver(Delivery delivery) {
        session.settle(Objects.requireNonNull(handle), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
        received++;
        if (received % step == 0) {
            nanosAt[(int) (received / step)] = System.nanoTime();
        }
        return true;
    }

    @Override
    public void flush() {
        session.flush();
        if (received >= messages) {
            done.complete(nanosAt);
        }
    }

    @Override
    public void failed(BrokerException cause) {
        done.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
        done.completeExceptionally(new IllegalStateException("the consumer was cancelled"));
    }
}
