package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Hands deliveries of one channel on. The channel is closed when no more come and the last one is settled.
/// Thread-safe.
final class RemoteConsumer extends DefaultConsumer {
    private static final Logger LOG = System.getLogger(RemoteConsumer.class.getName());
    private static final long HAND_ON_SECONDS = 30;

    private final String queue;
    private final Consumer<Incoming> sink;
    private final Runnable whenOver;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger unsettled = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean takesMore = true;
    private volatile String tag = "";

    /// @param whenOver runs when the server delivers no more by itself
    RemoteConsumer(Channel channel, String queue, Consumer<Incoming> sink, Runnable whenOver) {
        super(channel);
        this.queue = queue;
        this.sink = sink;
        this.whenOver = whenOver;
    }

    void begin(Map<String, Object> arguments) throws IOException {
        tag = getChannel().basicConsume(queue, false, arguments, this);
    }

    /// Whatever was delivered before it has gone to the sink when this returns.
    void stop() {
        try {
            getChannel().basicCancel(tag);
            // The answer is here, but deliveries that came before it may still wait for the thread that hands them on.
            if (!over.await(HAND_ON_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "deliveries of {0} still wait to be handed on", queue);
            }
        } catch (IOException | ShutdownSignalException e) {
            LOG.log(Level.DEBUG, "a consumer was gone before it was cancelled: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
        sink.accept(took(envelope, properties, body));
    }

    /// The delivery for the application.
    Incoming took(Envelope envelope, BasicProperties properties, byte[] body) {
        unsettled.incrementAndGet();
        var once = new AtomicBoolean();
        return MessageMapping.incoming(queue, envelope, properties, body, outcome -> {
            if (once.compareAndSet(false, true)) {
                settle(envelope.getDeliveryTag(), outcome);
            }
        });
    }

    private void settle(long deliveryTag, Outcome outcome) {
        try {
            switch (outcome) {
                case ACK -> getChannel().basicAck(deliveryTag, false);
                case REQUEUE -> getChannel().basicNack(deliveryTag, false, true);
            }
        } catch (IOException | AlreadyClosedException e) {
            // The broker gives the message to somebody again: that is what an unsettled one is.
            LOG.log(Level.DEBUG, "a message of {0} was not settled: {1}", queue, e.getMessage());
        }
        unsettled.decrementAndGet();
        closeIfDone();
    }

    @Override
    public void handleCancelOk(String tag) {
        over.countDown();
        takesNoMore();
    }

    @Override
    public void handleCancel(String tag) {
        whenOver.run();
        over.countDown();
        takesNoMore();
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
        over.countDown();
    }

    void takesNoMore() {
        takesMore = false;
        closeIfDone();
    }

    private void closeIfDone() {
        if (!takesMore && unsettled.get() == 0 && closed.compareAndSet(false, true)) {
            // Not here: this may be the thread that reads the connection, which the channel's close waits for.
            Thread.startVirtualThread(this::close);
        }
    }

    private void close() {
        try {
            getChannel().close();
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            LOG.log(Level.DEBUG, "a channel went by itself: {0}", e.getMessage());
        }
    }
}
