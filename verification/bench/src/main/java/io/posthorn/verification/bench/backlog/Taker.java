package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Reply;
import java.util.concurrent.CompletableFuture;

/// Takes so many messages of a queue and settles none. Confined to the session's loop.
final class Taker implements DeliverySink, Reply<ConsumerHandle> {
    private final BrokerSession session;
    private final long messages;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private long received;

    Taker(BrokerSession session, long messages) {
        this.session = session;
        this.messages = messages;
    }

    CompletableFuture<Boolean> taken() {
        return done;
    }

    void take(String queue) {
        session.consume(new ConsumerSpec(queue, "take", false, false, (int) messages, Arguments.NONE), this, this);
    }

    @Override
    public boolean deliver(Delivery delivery) {
        if (++received == messages) {
            done.complete(true);
        }
        return true;
    }

    @Override
    public void ok(ConsumerHandle consumer) {}

    @Override
    public void flush() {}

    @Override
    public void failed(BrokerException cause) {
        done.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
        done.completeExceptionally(new IllegalStateException("the consumer was cancelled"));
    }
}
