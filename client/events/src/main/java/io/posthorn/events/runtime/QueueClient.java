package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.Codec;
import io.posthorn.events.Delivery;
import io.posthorn.events.Envelope;
import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Queue;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Receipt;
import io.posthorn.events.Send;
import io.posthorn.events.Stored;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.Worker;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// A queue of a broker, by its link. Thread-safe.
final class QueueClient<T> implements Queue<T> {
    private final PosthornRuntime runtime;
    private final String name;
    private final Class<T> type;
    private final Codec codec;
    private final QueueOptions options;

    QueueClient(PosthornRuntime runtime, String name, Class<T> type, Codec codec, QueueOptions options) {
        this.runtime = runtime;
        this.name = name;
        this.type = type;
        this.codec = codec;
        this.options = options;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Receipt enqueue(T value, Send send) {
        String id = send.id() == null ? Ids.next() : send.id();
        publish(List.of(outgoing(value, send, id)));
        return new Receipt(id);
    }

    @Override
    public List<Receipt> enqueueAll(Collection<? extends T> values, Send send) {
        var messages = new ArrayList<Outgoing>(values.size());
        var receipts = new ArrayList<Receipt>(values.size());
        for (T value : values) {
            String id = send.id() == null ? Ids.next() : send.id() + "-" + messages.size();
            messages.add(outgoing(value, send, id));
            receipts.add(new Receipt(id));
        }
        publish(messages);
        return List.copyOf(receipts);
    }

    private Outgoing outgoing(T value, Send send, String id) {
        if (!send.delay().isZero()) {
            runtime.require(Capability.DELAY);
        }
        return new Outgoing(
                Address.queue(name),
                new Content(
                        Names.id(id),
                        codec.contentType(),
                        send.key(),
                        link().clock().millis(),
                        send.headers(),
                        Codecs.encode(codec, value)),
                new Handling(options.durable(), send.priority(), send.delay(), send.expiry()));
    }

    private void publish(List<Outgoing> messages) {
        Waiting.on(link().publish(messages));
    }

    @Override
    public Optional<Delivery<T>> dequeue(Duration wait) {
        Optional<Incoming> now = link().get(name);
        if (now.isPresent()) {
            return now.map(this::delivery);
        }
        return wait.isZero() || wait.isNegative() ? Optional.empty() : await(wait);
    }

    /// A consumer that takes one message. What came after the time was up goes back.
    private Optional<Delivery<T>> await(Duration wait) {
        var came = new LinkedBlockingQueue<Optional<Incoming>>(); // empty: the time is up
        var isOver = new AtomicBoolean();
        Link.Intake intake = link().consume(name, 1, incoming -> {
            came.add(Optional.of(incoming));
            if (isOver.get()) { // nobody looks any more
                giveBack(came);
            }
        });
        Runnable timer = link().patience(wait, () -> came.add(Optional.empty()));
        Runnable call = runtime.pending().add(() -> came.add(Optional.empty()));
        Optional<Incoming> first = Optional.empty();
        try {
            first = came.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            call.run();
            timer.run();
            intake.stop();
        }
        while (first.isEmpty() && !came.isEmpty()) {
            first = came.remove(); // nobody else does that before it is over
        }
        isOver.set(true);
        giveBack(came);
        if (first.isEmpty()) {
            runtime.checkOpen();
        }
        return first.map(this::delivery);
    }

    private static void giveBack(BlockingQueue<Optional<Incoming>> came) {
        for (var late = came.poll(); late != null; late = came.poll()) {
            late.ifPresent(each -> each.settlement().settle(Incoming.Outcome.REQUEUE));
        }
    }

    private Delivery<T> delivery(Incoming incoming) {
        try {
            return new LinkedDelivery<>(runtime, options.deadLetters(), incoming, decoded(incoming));
        } catch (EventsException.BadMessage bad) { // what cannot be decoded now never can
            try (var broken = new LinkedDelivery<>(runtime, options.deadLetters(), incoming, bad)) {
                broken.reject(DeadLetter.kind(bad), DeadLetter.reason(bad));
            }
            throw bad;
        }
    }

    private T decoded(Incoming incoming) {
        return Codecs.decode(codec, incoming.body(), type);
    }

    @Override
    public long length() {
        return link().length(name);
    }

    @Override
    public List<Stored<T>> peek(int most) {
        runtime.require(Capability.PEEK);
        return link().peek(name, most).stream().map(this::stored).toList();
    }

    private Stored<T> stored(Incoming incoming) {
        Envelope envelope = LinkedDelivery.envelope(incoming);
        try {
            return Stored.of(Codecs.decode(codec, incoming.body(), type), envelope);
        } catch (EventsException.BadMessage bad) {
            return Stored.broken(bad, envelope);
        }
    }

    @Override
    public boolean remove(String id) {
        runtime.require(Capability.REMOVE);
        return link().remove(name, id);
    }

    @Override
    public long purge() {
        return link().purge(name);
    }

    @Override
    public void delete() {
        link().deleteQueue(name);
    }

    @Override
    public Worker consume(Handler<? super T> handler, WorkOptions work) {
        Objects.requireNonNull(handler, "a worker has a handler, and not null");
        runtime.checkTakesWork();
        return new HandlerWorker(runtime, name, options.deadLetters(), work, incoming -> work(incoming, handler))
                .start();
    }

    private Attempt work(Incoming incoming, Handler<? super T> handler) {
        T value = decoded(incoming);
        var delivery = new LinkedDelivery<>(runtime, options.deadLetters(), incoming, value);
        return new Attempt(delivery, () -> handler.handle(value, delivery));
    }

    private Link link() {
        return runtime.link();
    }
}
