package io.posthorn.protocol.amqp;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import org.jspecify.annotations.Nullable;

/// One consumer of a channel. Takes what the broker delivers as long as the peer keeps reading.
final class ChannelConsumer implements DeliverySink {
    private final String tag;
    private final BasicMethod.Consume method;
    private final String queue;
    private final int prefetch;
    private final ChannelDeliveries deliveries;
    private @Nullable DeliveryHolder holder;
    private boolean isStalled;

    /// @param method what the client asked for
    /// @param queue its name, which the method may leave out
    /// @param prefetch how many unsettled deliveries it may hold; 0 for any number
    ChannelConsumer(String tag, BasicMethod.Consume method, String queue, int prefetch, ChannelDeliveries deliveries) {
        this.tag = tag;
        this.method = method;
        this.queue = queue;
        this.prefetch = prefetch;
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
        return method.noAck();
    }

    ConsumerReport report() {
        return new ConsumerReport(
                queue,
                tag,
                !method.noAck(),
                method.exclusive(),
                prefetch,
                holder().handle().isActive(),
                method.arguments());
    }

    void resume() {
        if (isStalled) {
            isStalled = false;
            holder().handle().resume();
        }
    }

    @Override
    public boolean deliver(Delivery delivery) {
        boolean more = deliveries.deliver(this, delivery);
        // One part of a topic may be told to go on before another, which was told to wait, is resumed.
        isStalled |= !more;
        return more;
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
