package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.Codec;
import io.posthorn.events.EncodedEvent;
import io.posthorn.events.Event;
import io.posthorn.events.EventBus;
import io.posthorn.events.EventHandler;
import io.posthorn.events.EventTypes;
import io.posthorn.events.EventsException;
import io.posthorn.events.Publish;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Overflow;
import io.posthorn.events.Receipt;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Outgoing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The event bus: one topic exchange, a queue for each subscription. An event is published with its topic and, beside
/// it, with the name of each type that it is of. Thread-safe.
final class Bus implements EventBus {
    static final String EXCHANGE = "posthorn.events";
    private static final String TYPE_KEY = "$type.";
    private static final String QUEUE = "posthorn.events.";
    private static final String DEAD = "posthorn.events.dead";
    private static final int MOST_DEAD = 100_000;

    /// Of a handler whose events nobody else could have.
    private static final int ALONE_PREFETCH = 256;

    private final PosthornRuntime runtime;
    private final Codecs codecs;
    private final EventTypes types = new EventTypes();
    private final EventMapping mapping;
    private final Requests requests;
    private final Overlaps overlaps;
    private final Map<Class<?>, Kind> kinds = new ConcurrentHashMap<>();
    private final Map<String, String> typeKeys = new ConcurrentHashMap<>();
    private final AtomicBoolean declared = new AtomicBoolean();

    /// What all events of one class have in common.
    private record Kind(Codec codec, String name, List<String> typeNames) {}

    Bus(PosthornRuntime runtime, Codecs codecs, URI source) {
        this.runtime = runtime;
        this.codecs = codecs;
        this.mapping = new EventMapping(types, codecs, source);
        this.requests = new Requests(runtime);
        this.overlaps = new Overlaps(runtime);
    }

    @Override
    public EventTypes types() {
        return types;
    }

    @Override
    public Receipt publish(Object event, Publish how) {
        EncodedEvent encoded = encode(event, how);
        publish(List.of(encoded), false, null, null);
        return new Receipt(encoded.id());
    }

    @Override
    public void publishEncoded(List<EncodedEvent> events) {
        publish(events, false, null, null);
    }

    @Override
    public EncodedEvent encode(Object event, Publish how) {
        String id = how.id() == null ? Ids.next() : how.id();
        Kind kind = kinds.computeIfAbsent(event.getClass(), this::kind);
        Instant now = runtime.link().clock().instant();
        return new EncodedEvent(
                id,
                how.topic() == null ? kind.name() : how.topic(),
                kind.typeNames(),
                how.subject(),
                how.delay(),
                kind.codec().contentType(),
                mapping.headers(kind.name(), how, id, now),
                Codecs.encode(kind.codec(), event));
    }

    private Kind kind(Class<?> type) {
        Codec codec = codecs.of(type);
        return new Kind(codec, types.nameOf(type), List.copyOf(TypeTree.namesUpFrom(types, type, codec::isMachinery)));
    }

    private void publish(
            List<EncodedEvent> events, boolean mustArrive, @Nullable String correlationId, @Nullable String replyTo) {
        declare();
        long now = runtime.link().clock().millis();
        var messages = new ArrayList<Outgoing>(events.size());
        for (EncodedEvent event : events) {
            if (!event.delay().isZero()) {
                runtime.require(Capability.DELAY);
            }
            messages.add(new Outgoing(
                    new Address(EXCHANGE, event.topic(), typeKeys(event), mustArrive),
                    event.id(),
                    event.contentType(),
                    event.subject(),
                    now,
                    true,
                    0,
                    event.delay(),
                    null,
                    correlationId,
                    replyTo,
                    event.headers(),
                    event.body()));
        }
        Waiting.on(runtime.link().publish(messages));
    }

    private List<String> typeKeys(EncodedEvent event) {
        var keys = new ArrayList<String>(event.typeNames().size());
        for (String name : event.typeNames()) {
            keys.add(typeKeys.computeIfAbsent(name, TYPE_KEY::concat));
        }
        return keys;
    }

    /// Once, before the first use: a program that has only queues leaves no exchange behind.
    private void declare() {
        if (!declared.get()) {
            runtime.link().declareTopicExchange(EXCHANGE);
            declared.set(true);
        }
    }

    @Override
    public <T> Subscription subscribe(Subscribe<T> wanted, EventHandler<? super T> handler) {
        declare();
        TypeTree.learn(types, wanted.type());
        String queue = declareQueue(wanted);
        runtime.link().bind(queue, EXCHANGE, pattern(wanted));
        String dead = wanted.name() == null ? DEAD : queue + ".dead";
        Function<Incoming, Attempt> begin = incoming -> attempt(incoming, wanted, handler, dead);
        var worker = wanted.kept() == null
                ? new HandlerWorker(runtime, queue, wanted.work(), begin)
                : new HandlerWorker(runtime, queue, wanted.from(), dead, wanted.work(), begin);
        boolean isShared = wanted.name() != null && wanted.kept() == null;
        return new QueueSubscription(
                runtime, queue, wanted.name(), isShared ? worker.start() : worker.start(ALONE_PREFETCH));
    }

    private String declareQueue(Subscribe<?> wanted) {
        if (wanted.name() != null) {
            String queue = QUEUE + wanted.name();
            runtime.link().declareQueue(queue + ".dead", QueueOptions.fifo());
            if (wanted.kept() != null) {
                runtime.require(Capability.REPLAY);
                runtime.link().declareStream(queue, wanted.kept());
                return queue;
            }
            runtime.link().declareQueue(queue, QueueOptions.fifo().deadLetters(queue + ".dead"));
            return queue;
        }
        String queue = QUEUE + "tmp." + UUID.randomUUID();
        runtime.link().declareQueue(DEAD, QueueOptions.fifo().maxLength(MOST_DEAD, Overflow.DROP_OLDEST));
        runtime.link().declareTemporaryQueue(queue);
        return queue;
    }

    /// Where both are asked for, the broker chooses by topic, and what comes is looked at.
    private String pattern(Subscribe<?> wanted) {
        if (wanted.topic() != null) {
            return wanted.topic();
        }
        return wanted.type() == Object.class ? "#" : TYPE_KEY + types.nameOf(wanted.type());
    }

    private <T> Attempt attempt(Incoming incoming, Subscribe<T> wanted, EventHandler<? super T> handler, String dead) {
        Optional<Event<T>> event;
        try {
            event = mapping.event(incoming, wanted.type());
        } catch (EventsException.BadMessage bad) {
            new DeadLetter(runtime, dead, incoming).send(bad);
            throw bad;
        }
        var delivery = new LinkedDelivery<>(runtime, dead, incoming, incoming);
        return new Attempt(delivery, () -> {
            if (event.isPresent()) {
                overlaps.run(
                        event.get(),
                        incoming,
                        wanted.name() != null,
                        () -> handler.handleEvent(event.get().data(), new BusContext(this, event.get(), incoming)));
            }
        });
    }

    @Override
    public <R> R request(Object event, Publish how, Class<R> answer, Duration patience) {
        EncodedEvent encoded = encode(event, how);
        byte[] body = requests.ask(
                patience,
                encoded.topic(),
                (correlationId, replyTo) -> publish(List.of(encoded), true, correlationId, replyTo));
        return Codecs.decode(codecs.of(answer), body, answer);
    }

    void reply(Incoming request, Object answer) {
        if (request.replyTo() == null) {
            return;
        }
        Codec codec = codecs.of(answer.getClass());
        var to = new Address("", request.replyTo(), List.of(), false);
        Waiting.on(runtime.link()
                .publish(List.of(new Outgoing(
                        to,
                        UUID.randomUUID().toString(),
                        codec.contentType(),
                        null,
                        runtime.link().clock().millis(),
                        false,
                        0,
                        Duration.ZERO,
                        null,
                        request.correlationId(),
                        null,
                        Map.of(),
                        Codecs.encode(codec, answer)))));
    }
}
