package io.posthorn.embedded;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.events.spi.Incoming;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hands deliveries on. Confined to the session's thread.
final class EmbeddedConsumer implements DeliverySink {
    private final Consumer<Incoming> sink;
    private @Nullable DeliveryOwner owner;

    EmbeddedConsumer(Consumer<Incoming> sink) {
        this.sink = sink;
    }

    /// The broker has answered: deliveries follow.
    void begin(DeliveryOwner begun) {
        owner = begun;
    }

    @Override
    public boolean deliver(Delivery delivery) {
        if (owner == null) {
            throw new IllegalStateException("a consumer is answered before its first delivery");
        }
        sink.accept(owner.took(delivery));
        return true;
    }

    @Override
    public void flush() {}

    /// By us, or because the queue is gone.
    @Override
    public void cancelled() {
        if (owner != null) {
            owner.takesNoMore();
        }
    }
}
