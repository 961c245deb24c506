package io.posthorn.embedded;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.Message;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.SessionSpec.IoExecutor;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.events.spi.QueueArguments;
import io.posthorn.events.spi.StreamArguments;
import io.posthorn.server.Server;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A broker in this process: one session of it, which lives on one of its loops. Calls of other threads are handed
/// to that loop, many in one pass.
final class EmbeddedLink implements Link {
    private static final Logger LOG = System.getLogger(EmbeddedLink.class.getName());
    private static final String VIRTUAL_HOST = "/";
    private static final int PEEK_PAGE = 256;

    private final Runnable whenClosed;
    private final InstantSource clock;
    private final String name;
    private final Set<Capability> capabilities;
    private final BrokerSession session;
    private final Publisher publisher;
    private final Receipts receipts = new Receipts();
    private final Loop loop;
    private final Set<Ask<?>> open = ConcurrentHashMap.newKeySet();
    private final DelayExchanges delays = new DelayExchanges(this::ask);

    /// What was published while the broker takes nothing. Confined to the session's thread.
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();

    private boolean takesPublishes = true; // as the two below, of the session's thread
    private boolean alarmed;
    private @Nullable EventsException ended;

    /// @param whenClosed what else ends with this link
    EmbeddedLink(Server server, String name, Runnable whenClosed) {
        this.whenClosed = whenClosed;
        this.clock = server.clock();
        this.name = name;
        this.capabilities = server.isDurable()
                ? EnumSet.allOf(Capability.class)
                : EnumSet.complementOf(EnumSet.of(Capability.DURABLE));
        IoExecutor executor = server.loop();
        var opened = new Ask<BrokerSession>();
        var spec = new SessionSpec("embedded", Principal.OWNER, VIRTUAL_HOST, executor);
        try {
            executor.execute(() -> {
                try {
                    opened.ok(server.broker().open(spec, new Listener()));
                } catch (BrokerException e) {
                    opened.failed(e);
                }
            });
        } catch (RejectedExecutionException e) {
            throw new EventsException.Unreachable(name + " is closed", e);
        }
        this.session = opened.await();
        this.loop = new Loop(executor, session::flush, this::gone);
        this.publisher = ask((asked, reply) -> reply.ok(asked.publisher(receipts)));
    }

    @Override
    public String server() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.copyOf(capabilities);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    // ---- Queues

    @Override
    public void declareQueue(String queue, QueueOptions options) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(QueueArguments.of(options));
        var spec = new QueueSpec(queue, options.durable(), false, false, new Arguments(arguments));
        this.<QueueStatus>ask((asked, reply) -> asked.declareQueue(spec, reply));
        delays.forget(queue); // it may be another queue of that name
    }

    @Override
    public void declareTemporaryQueue(String queue) {
        var spec = new QueueSpec(queue, false, true, false, Arguments.NONE);
        this.<QueueStatus>ask((asked, reply) -> asked.declareQueue(spec, reply));
    }

    @Override
    public void declareStream(String queue, Retention retention) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(StreamArguments.of(retention));
        var spec = new QueueSpec(queue, true, false, false, new Arguments(arguments));
        this.<QueueStatus>ask((asked, reply) -> asked.declareQueue(spec, reply));
    }

    @Override
    public void declareTopicExchange(String exchange) {
        var spec = new ExchangeSpec(exchange, "topic", true, false, false, Arguments.NONE);
        this.<Done>ask((asked, reply) -> asked.declareExchange(spec, reply));
    }

    @Override
    public void bind(String queue, String exchange, String pattern) {
        var binding = new BindingSpec(exchange, Destination.QUEUE, queue, pattern, Arguments.NONE);
        this.<Done>ask((asked, reply) -> asked.bind(binding, reply));
    }

    @Override
    public void unbind(String queue, String exchange, String pattern) {
        var binding = new BindingSpec(exchange, Destination.QUEUE, queue, pattern, Arguments.NONE);
        this.<Done>ask((asked, reply) -> asked.unbind(binding, reply));
    }

    @Override
    public void deleteQueue(String queue) {
        this.<Long>ask((asked, reply) -> asked.deleteQueue(queue, false, false, reply));
        delays.forget(queue);
    }

    @Override
    public long length(String queue) {
        return this.<QueueStatus>ask((asked, reply) -> asked.queueStatus(queue, reply))
                .ready();
    }

    @Override
    public long purge(String queue) {
        return this.<Long>ask((asked, reply) -> asked.purgeQueue(queue, reply));
    }

    @Override
    public List<Incoming> peek(String queue, int most) {
        var found = new ArrayList<Incoming>();
        long from = 0;
        while (found.size() < most && from != BrowsePage.END) {
            long begin = from;
            int wanted = Math.min(most - found.size(), PEEK_PAGE);
            BrowsePage page = ask((asked, reply) -> asked.browse(queue, MessageState.READY, begin, wanted, reply));
            page.messages()
                    .forEach(seen -> found.add(MessageMapping.incoming(
                            queue, seen.redelivered(), seen.deliveryCount(), seen.message(), _ -> {})));
            from = page.next();
        }
        return found;
    }

    @Override
    public boolean remove(String queue, String id) {
        long from = 0;
        while (from != BrowsePage.END) {
            long begin = from;
            BrowsePage page = ask((asked, reply) -> asked.browse(queue, MessageState.READY, begin, PEEK_PAGE, reply));
            for (BrowsedMessage seen : page.messages()) {
                if (MessageMapping.hasId(seen.message(), id) && take(queue, seen)) {
                    return true;
                }
            }
            from = page.next();
        }
        return false;
    }

    /// Claims a message and settles it, unless somebody else has it by now.
    private boolean take(String queue, BrowsedMessage seen) {
        return this.<Boolean>ask((asked, reply) -> {
            ConsumerHandle owner = asked.getter();
            asked.claim(queue, List.of(seen.id()), owner, new Reply<List<Long>>() {
                @Override
                public void ok(List<Long> claimed) {
                    claimed.forEach(_ -> asked.settle(owner, seen.queue(), seen.deliveryId(), Outcome.ACCEPTED));
                    asked.flush();
                    owner.close();
                    reply.ok(!claimed.isEmpty());
                }

                @Override
                public void failed(BrokerException cause) {
                    owner.close();
                    reply.failed(cause);
                }
            });
        });
    }

    @Override
    public List<Delayed> delayed(String exchange) {
        delays.declare(new Address(exchange, "", List.of(), true));
        var all = new ArrayList<Delayed>();
        DelayedMessage last = null;
        int came = PEEK_PAGE;
        while (came == PEEK_PAGE) {
            DelayedMessage behind = last;
            List<DelayedMessage> page = ask((asked, reply) ->
                    asked.delayedMessages(MessageMapping.delayedExchange(exchange), behind, PEEK_PAGE, reply));
            page.forEach(
                    each -> all.add(new Delayed(each.id(), each.routingKey(), Instant.ofEpochMilli(each.dueAt()))));
            last = page.isEmpty() ? null : page.getLast();
            came = page.size();
        }
        return all;
    }

    @Override
    public boolean cancel(String exchange, Delayed delayed) {
        return this.<Boolean>ask(
                (asked, reply) -> asked.cancelDelayed(MessageMapping.delayedExchange(exchange), delayed.id(), reply));
    }

    // ---- Publishing

    @Override
    public CompletionStage<Void> publish(List<Outgoing> messages) {
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        for (Outgoing message : messages) {
            if (message.isDelayed()) {
                delays.declare(message.to());
            }
        }
        long now = clock.millis();
        var mapped = new Message[messages.size()];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = MessageMapping.message(messages.get(i), now);
        }
        Receipts.Publication publication = receipts.begin(messages.size());
        loop.run(() -> publishNow(messages, mapped, publication));
        return publication.answer();
    }

    private void publishNow(List<Outgoing> messages, Message[] mapped, Receipts.Publication publication) {
        if (ended == null && (alarmed || !takesPublishes)) {
            held.add(() -> publishNow(messages, mapped, publication));
            return;
        }
        long sequence = receipts.expect(publication);
        for (int i = 0; i < mapped.length; i++) {
            publish(mapped[i], messages.get(i).to(), sequence + i);
        }
    }

    private void publish(Message message, Address to, long sequence) {
        if (ended != null) {
            receipts.unroutable(sequence, ended);
            return;
        }
        try {
            if (publisher.publish(message, sequence) == 0) {
                wentNowhere(to, sequence);
            }
        } catch (BrokerException e) {
            if (e instanceof BrokerException.NotFound) { // perhaps it is an exchange for delays that is there no more
                delays.forgetAll();
            }
            receipts.unroutable(sequence, Failures.of(e));
        } catch (RuntimeException e) { // whatever it is, somebody waits for an answer
            receipts.unroutable(sequence, Failures.unexpected(e));
        }
    }

    private void wentNowhere(Address to, long sequence) {
        if (to.mustArrive()) {
            receipts.unroutable(sequence, new EventsException.Refused("nobody takes what is for " + to, null));
        } else {
            receipts.accepted(sequence, sequence);
        }
    }

    private void letGo() {
        while (takesPublishes && !alarmed && !held.isEmpty()) {
            held.remove().run();
        }
        session.flush();
    }

    // ---- Taking out

    @Override
    public Optional<Incoming> get(String queue) {
        Optional<Incoming> taken = ask((asked, reply) -> {
            var owner = new DeliveryOwner(asked, loop, asked.getter());
            asked.get(queue, false, owner.handle(), new Reply<Optional<Delivery>>() {
                @Override
                public void ok(Optional<Delivery> delivery) {
                    reply.ok(delivery.map(owner::took));
                    owner.takesNoMore();
                }

                @Override
                public void failed(BrokerException cause) {
                    owner.takesNoMore();
                    reply.failed(cause);
                }
            });
        });
        return taken;
    }

    @Override
    public Intake consume(String queue, int prefetch, Consumer<Incoming> sink) {
        return consume(queue, Arguments.NONE, prefetch, sink);
    }

    @Override
    public Intake consume(String stream, Position from, int prefetch, Consumer<Incoming> sink) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(StreamArguments.of(from, time -> time));
        return consume(stream, new Arguments(arguments), prefetch, sink);
    }

    private Intake consume(String queue, Arguments arguments, int prefetch, Consumer<Incoming> sink) {
        var consumer = new EmbeddedConsumer(sink);
        var spec = new ConsumerSpec(queue, "embedded", false, false, prefetch, arguments);
        ConsumerHandle handle = ask((asked, reply) -> asked.consume(spec, consumer, new Reply<ConsumerHandle>() {
            @Override
            public void ok(ConsumerHandle begun) {
                consumer.begin(new DeliveryOwner(asked, loop, begun));
                reply.ok(begun);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        }));
        return () -> stop(consumer, handle);
    }

    private void stop(EmbeddedConsumer consumer, ConsumerHandle handle) {
        this.<Done>ask((_, reply) -> handle.cancel(new Reply<Done>() {
            @Override
            public void ok(Done done) {
                consumer.cancelled();
                reply.ok(done);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        }));
    }

    @Override
    public void flush() {
        loop.flush();
    }

    // ---- The session

    /// What the broker says of its own accord. On the session's thread.
    private final class Listener implements SessionListener {
        @Override
        public void alarms(Set<Alarm> on) {
            alarmed = !on.isEmpty();
            letGo();
        }

        @Override
        public void acceptsPublishes(boolean isOpen) {
            takesPublishes = isOpen;
            letGo();
        }

        @Override
        public void ended(BrokerException cause) {
            end(new EventsException.Unreachable(name + " ended: " + cause.getMessage(), cause));
        }

        @Override
        public boolean endsWithBroker() {
            return true;
        }
    }

    /// Its threads are gone, and nobody else comes here at the same time.
    private void gone() {
        if (ended == null) {
            end(new EventsException.Unreachable(name + " is closed", null));
        }
    }

    private void end(EventsException why) {
        ended = why;
        receipts.endAll(why);
        held.forEach(Runnable::run);
        held.clear();
        open.forEach(ask -> ask.ended(why));
    }

    private <T> T ask(BiConsumer<BrokerSession, Reply<T>> question) {
        var ask = new Ask<T>();
        open.add(ask);
        loop.run(() -> {
            if (ended != null) {
                ask.ended(ended);
                return;
            }
            try {
                question.accept(session, ask);
            } catch (BrokerException e) {
                ask.failed(e);
            } catch (RuntimeException e) { // whatever it is, somebody waits for an answer
                ask.ended(Failures.unexpected(e));
            }
        });
        try {
            return ask.await();
        } finally {
            open.remove(ask);
        }
    }

    @Override
    public void close() {
        var closed = new Ask<Done>();
        loop.run(() -> {
            try {
                session.close();
            } catch (RuntimeException e) { // a broker that was closed first does not stand all of it
                LOG.log(Level.DEBUG, "a session of " + name + " was closed behind its broker", e);
            } finally {
                end(new EventsException.Closed(name));
                closed.ok(Done.DONE);
            }
        });
        closed.await();
        whenClosed.run();
    }
}
