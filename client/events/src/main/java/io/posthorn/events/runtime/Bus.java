package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.Codec;
import io.posthorn.events.EncodedEvent;
import io.posthorn.events.EventBus;
import io.posthorn.events.EventHandler;
import io.posthorn.events.EventTypes;
import io.posthorn.events.Position;
import io.posthorn.events.Publish;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Overflow;
import io.posthorn.events.Receipt;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.CommonHeaders;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Conversation;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Outgoing;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// The event bus: one topic exchange, a queue for each subscription. An event is published with its topic and, beside
/// it, with the name of each type that it is of. Thread-safe.
final class Bus implements EventBus {
    static final String EXCHANGE = "posthorn.events";
    private static final String TYPE_KEY = "$type.";
    private static final String QUEUE = "posthorn.events.";
    private static final String POSITION = ".position.";
    private static final String DEAD = "posthorn.events.dead";
    private static final int MOST_DEAD = 100_000;

    /// Of a handler whose events nobody else could have.
    private static final int ALONE_PREFETCH = 256;

    private final PosthornRuntime runtime;
    private final Codecs codecs;
    private final Formats formats;
    private final EventTypes types = new EventTypes();
    private final EventMapping mapping;
    private final Requests requests;
    private final Overlaps overlaps;
    private final Map<Class<?>, Kind> kinds = new ConcurrentHashMap<>();
    private final Map<List<String>, List<String>> typeKeys = new ConcurrentHashMap<>();
    private final AtomicBoolean declared = new AtomicBoolean();

    /// What all events of one class have in common.
    ///
    /// @param keys what they are published with beside their topic
    /// @param to where they go when nothing else is said
    private record Kind(
            Codec codec, String name, List<String> typeNames, List<String> keys, TypeHeaders headers, Address to) {
        CommonHeaders common(Publish how, long now) {
            return how.time() == null ? headers.during(now) : headers.always();
        }
    }

    Bus(PosthornRuntime runtime, Codecs codecs, Formats formats, URI source) {
        this.runtime = runtime;
        this.codecs = codecs;
        this.formats = formats;
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
        Outgoing message = outgoing(event, how, how.id() == null ? Ids.next() : how.id());
        send(List.of(message));
        return new Receipt(message.content().id());
    }

    @Override
    public List<Receipt> publishAll(Collection<?> events, Publish how) {
        var messages = new ArrayList<Outgoing>(events.size());
        var receipts = new ArrayList<Receipt>(events.size());
        for (Object event : events) {
            String id = how.id() == null ? Ids.next() : how.id() + "-" + receipts.size();
            messages.add(outgoing(event, how, id));
            receipts.add(new Receipt(id));
        }
        send(messages);
        return Collections.unmodifiableList(receipts);
    }

    @Override
    public void publishEncoded(List<EncodedEvent> events) {
        long now = runtime.link().clock().millis();
        var messages = new ArrayList<Outgoing>(events.size());
        for (EncodedEvent event : events) {
            messages.add(outgoing(event, false, now, Conversation.NONE));
        }
        send(messages);
    }

    @Override
    public EncodedEvent encode(Object event, Publish how) {
        String id = how.id() == null ? Ids.next() : Names.id(how.id());
        Duration delay = Handling.after(how.delay()).delay();
        Kind kind = kindOf(event);
        long now = runtime.link().clock().millis();
        Map<String, String> headers = kind.common(how, now).with(mapping.own(how, id));
        String contentType = kind.codec().contentType();
        byte[] body = Codecs.encode(kind.codec(), event);
        return new EncodedEvent(
                id,
                how.topic() == null ? kind.name() : how.topic(),
                kind.typeNames(),
                how.subject(),
                delay,
                how.isDocument() ? formats.contentType() : contentType,
                how.isDocument() ? Map.of() : headers,
                how.isDocument() ? formats.written(headers, contentType, body) : body);
    }

    private Kind kindOf(Object event) {
        Class<?> type = Objects.requireNonNull(event, Codecs.NO_NULL).getClass();
        Kind known = kinds.get(type);
        return known == null ? kinds.computeIfAbsent(type, this::kind) : known;
    }

    private Kind kind(Class<?> type) {
        Codec codec = codecs.of(type);
        String name = types.nameOf(type);
        List<String> names = List.copyOf(TypeTree.namesUpFrom(types, type, codec::isMachinery));
        List<String> keys = typeKeys(names);
        return new Kind(codec, name, names, keys, mapping.headersOf(name), new Address(EXCHANGE, name, keys, false));
    }

    private Outgoing outgoing(Object event, Publish how, String id) {
        if (how.isDocument()) {
            return outgoing(
                    encode(event, how.id(id)), false, runtime.link().clock().millis(), Conversation.NONE);
        }
        Kind kind = kindOf(event);
        long now = runtime.link().clock().millis();
        Map<String, String> own = mapping.own(how, id);
        CommonHeaders common = kind.common(how, now);
        boolean isFromElsewhere = how.source() != null;
        return new Outgoing(
                how.topic() == null ? kind.to() : new Address(EXCHANGE, how.topic(), kind.keys(), false),
                new Content(
                        Names.id(id),
                        kind.codec().contentType(),
                        how.subject(),
                        now,
                        isFromElsewhere ? CommonHeaders.NONE : common,
                        isFromElsewhere ? common.with(own) : own,
                        Codecs.encode(kind.codec(), event)),
                Handling.after(how.delay()));
    }

    private Outgoing outgoing(EncodedEvent event, boolean mustArrive, long now, Conversation conversation) {
        return new Outgoing(
                new Address(EXCHANGE, event.topic(), typeKeys(event.typeNames()), mustArrive),
                new Content(
                        Names.id(event.id()), event.contentType(), event.subject(), now, event.headers(), event.body()),
                Handling.after(event.delay()),
                conversation);
    }

    private void send(List<Outgoing> messages) {
        declare();
        for (Outgoing message : messages) {
            if (message.isDelayed()) {
                runtime.require(Capability.DELAY);
            }
        }
        Waiting.on(runtime.link().publish(messages));
    }

    private List<String> typeKeys(List<String> names) {
        return typeKeys.computeIfAbsent(
                names, them -> them.stream().map(TYPE_KEY::concat).toList());
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
        Objects.requireNonNull(handler, "a subscription has a handler, and not null");
        runtime.checkTakesWork();
        declare();
        TypeTree.learn(types, wanted.type());
        String queue = declareQueue(wanted);
        try {
            return subscribed(queue, wanted, handler);
        } catch (RuntimeException e) {
            if (wanted.name() == null) {
                runtime.deleteAfter(e, queue); // nobody else will ever read it
            }
            throw e;
        }
    }

    private <T> Subscription subscribed(String queue, Subscribe<T> wanted, EventHandler<? super T> handler) {
        runtime.link().bind(queue, EXCHANGE, pattern(wanted));
        String dead = wanted.name() == null ? DEAD : queue + ".dead";
        Function<Incoming, Attempt> begin = incoming -> attempt(incoming, wanted, handler, dead);
        var worker = wanted.kept() == null
                ? new HandlerWorker(runtime, queue, dead, wanted.work(), begin)
                : kept(queue, wanted, dead, begin);
        if (wanted.name() == null) {
            worker.startAlone(ALONE_PREFETCH);
        } else if (wanted.kept() != null) {
            worker.start(ALONE_PREFETCH);
        } else {
            worker.start();
        }
        return new QueueSubscription(runtime, queue, wanted.name(), worker);
    }

    private HandlerWorker kept(String queue, Subscribe<?> wanted, String dead, Function<Incoming, Attempt> begin) {
        var remembered = wanted.reader() == null ? null : new Remembered(runtime, queue + POSITION + wanted.reader());
        Position from = remembered == null ? wanted.from() : remembered.orElse(wanted.from());
        return new HandlerWorker(runtime, queue, from, remembered, dead, wanted.work(), begin);
    }

    private String declareQueue(Subscribe<?> wanted) {
        if (wanted.name() != null) {
            Names.check("a subscription", wanted.name(), QUEUE + ".dead" + Names.DELAY);
            String queue = QUEUE + wanted.name();
            if (wanted.reader() != null) {
                Names.check("a reader", wanted.reader(), queue + POSITION);
            }
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
        return new Attempt(
                new LinkedDelivery<>(runtime, dead, incoming, incoming),
                Formats.isDocument(incoming) ? eventsIn(incoming, wanted, handler) : event(incoming, wanted, handler));
    }

    private <T> Attempt.Work eventsIn(Incoming document, Subscribe<T> wanted, EventHandler<? super T> handler) {
        var events = new ArrayList<Attempt.Work>();
        for (Incoming each : formats.opened(document)) {
            events.add(event(each, wanted, handler));
        }
        return () -> {
            for (Attempt.Work each : events) {
                each.run();
            }
        };
    }

    private <T> Attempt.Work event(Incoming incoming, Subscribe<T> wanted, EventHandler<? super T> handler) {
        T data = mapping.data(incoming, wanted.type());
        if (data == null) {
            return () -> {};
        }
        Attempt.Work work = () -> handler.handleEvent(data, new BusContext(this, mapping, data, incoming));
        return overlaps.concern(incoming) ? () -> overlaps.run(incoming, wanted.name() != null, work) : work;
    }

    @Override
    public <R> R request(Object event, Publish how, Class<R> answer, Duration patience) {
        EncodedEvent encoded = encode(event, how);
        long now = runtime.link().clock().millis();
        byte[] body = requests.ask(
                patience,
                encoded.topic(),
                (correlationId, replyTo) ->
                        send(List.of(outgoing(encoded, true, now, new Conversation(correlationId, replyTo)))));
        return Codecs.decode(codecs.of(answer), body, answer);
    }

    void reply(Incoming request, Object answer) {
        String replyTo = request.conversation().replyTo();
        if (replyTo == null) {
            return;
        }
        Codec codec = codecs.of(Objects.requireNonNull(answer, Codecs.NO_NULL).getClass());
        var to = new Address("", replyTo, List.of(), false);
        Waiting.on(runtime.link()
                .publish(List.of(new Outgoing(
                        to,
                        new Content(
                                UUID.randomUUID().toString(),
                                codec.contentType(),
                                null,
                                runtime.link().clock().millis(),
                                Map.of(),
                                Codecs.encode(codec, answer)),
                        Handling.TRANSIENT,
                        new Conversation(request.conversation().correlationId(), null)))));
    }
}
