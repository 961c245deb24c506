package io.posthorn.verification.simulation;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.log.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The one connection of a [DelayWorkload]: it publishes, and settles whatever comes. On its loop only.
final class DelayClient implements SessionListener, ReceiptSink, DeliverySink {
    private final DelayWorkload world;
    private final TaskQueues.Queue loop;
    private @Nullable BrokerSession session;
    private @Nullable Publisher publisher;
    private @Nullable ConsumerHandle consumer;
    private boolean consuming;
    private boolean ready;
    private boolean accepting = true;

    DelayClient(DelayWorkload world, TaskQueues.Queue loop) {
        this.world = world;
        this.loop = loop;
    }

    void open(Broker broker, SessionSpec spec) {
        session = broker.open(spec, this);
        publisher = session.publisher(this);
    }

    TaskQueues.Queue loop() {
        return loop;
    }

    BrokerSession session() {
        return Objects.requireNonNull(session);
    }

    /// The exchange and its queue are there.
    void ready() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    /// A failure says nothing of what became of the command.
    ///
    /// @param type of the answer, for the reader
    <T> Reply<T> reply(Class<? super T> type, Consumer<T> ok) {
        return new Reply<>() {
            @Override
            @SuppressWarnings("unchecked") // the type is only checked as far as it is known
            public void ok(T value) {
                ok.accept((T) type.cast(value));
            }

            @Override
            public void failed(BrokerException cause) {
                // It may have been done or not.
            }
        };
    }

    void publish(long number, long delay) {
        if (!accepting) {
            return;
        }
        int _ = Objects.requireNonNull(publisher)
                .publish(
                        new Message(
                                DelayWorkload.NAME,
                                DelayWorkload.NAME,
                                List.of(),
                                null,
                                List.of(),
                                body(number),
                                true,
                                0,
                                Message.NEVER,
                                number,
                                () -> new Arguments(Map.of("x-delay", delay))),
                        number);
    }

    private static Bytes body(long message) {
        byte[] bytes = new byte[size(message)];
        ByteBuffer.wrap(bytes).putLong(message);
        return new Bytes(bytes);
    }

    static int size(long message) {
        return 8 + (int) (message * 37 % 250);
    }

    void consume() {
        if (consuming) {
            return;
        }
        consuming = true;
        session()
                .consume(
                        new ConsumerSpec(DelayWorkload.NAME, "consumer", false, false, 0, Arguments.NONE),
                        this,
                        this.<ConsumerHandle>reply(ConsumerHandle.class, handle -> consumer = handle));
    }

    void leave() {
        session().close();
    }

    @Override
    public boolean deliver(Delivery delivery) {
        world.came(delivery.message().body().asByteBuffer().getLong(), delivery.redelivered());
        session().settle(Objects.requireNonNull(consumer), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
        return true;
    }

    @Override
    public void flush() {
        session().flush();
    }

    @Override
    public void cancelled() {
        consuming = false;
    }

    @Override
    public void accepted(long first, long last) {
        for (long message = first; message <= last; message++) {
            world.confirmed(message);
        }
    }

    @Override
    public void refused(long first, long last, BrokerException cause) {
        // It may come or not.
    }

    @Override
    public void alarms(Set<Alarm> on) {
        // None is to come: there is room.
    }

    @Override
    public void acceptsPublishes(boolean open) {
        accepting = open;
    }

    @Override
    public void ended(BrokerException cause) {
        ready = false;
    }
}
