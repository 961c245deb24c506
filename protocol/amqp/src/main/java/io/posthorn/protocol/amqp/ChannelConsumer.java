package io.posthorn.protocol.amqp;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import org.jspecify.annotations.Nullable;

/// One consumer of a channel. Takes what the broker delivers as long as the peer keeps reading.
final class ChannelConsumer implements DeliverySink {
    private final String tag;
    private final boolean autoSettle;
    private final ChannelDeliveries deliveries;
    private @Nullable DeliveryHolder holder;
    private boolean isStalled;

    ChannelConsumer(String tag, boolean autoSettle, ChannelDeliveries deliveries) {
        this.tag = tag;
        this.autoSettle = autoSettle;
        this.deliveries = deliveries;
    }

    String tag() {
        return tag;
    }

    void started(DeliveryHolder started) {
        holder = started;
    }

    /// @throws IllegalStateException when the broker has not answered yet
    DeliveryHolder holder() {
        if (holder == null) {
            throw new IllegalStateException("consumer '" + tag + "' was not started");
        }
        return holder;
    }

    boolean autoSettles() {
        return autoSettle;
    }

    void resume() {
        if (isStalled) {
            isStalled = false;
            holder().handle().resume();
        }
    }

    @Override
    public boolean deliver(Delivery delivery) {
        isStalled = !deliveries.deliver(this, delivery);
        return !isStalled;
    }

    @Override
    public void flush() {
        deliveries.flush();
    }

    @Override
    public void timedOut(long timeoutMillis) {
        deliveries.timedOut(this, timeoutMillis);
    }

    @Override
    public void cancelled() {
        deliveries.cancelledByBroker(this);
    }
}
