package io.posthorn.broker;

import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Outlet;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.statistics.ExchangeTraffic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.Names;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Route;
import io.posthorn.broker.topology.SessionId;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.TopologyManager;
import io.posthorn.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One session with a broker in this process. Confined to its io thread, as its interface says.
final class LocalSession implements BrokerSession, Batches {
    private final LocalBroker broker;
    private final SessionSpec spec;
    private final SessionListener listener;
    private final SessionId id;
    private final Outgoing outgoing;
    private final @Nullable Outlet[] outlets = new @Nullable Outlet[Topology.SHARDS];
    private final List<LocalPublisher> publishing = new ArrayList<>();
    private final List<SettleCollector> settling = new ArrayList<>();
    private final Set<LocalHandle> handles = new LinkedHashSet<>();
    private final SessionGuard guard;
    private final SplittableRandom random;
    private @Nullable LocalTopics topics;
    private @Nullable TopicAsQueue asQueue;
    private long held;
    private int channels;
    private boolean closed;

    LocalSession(LocalBroker broker, SessionSpec spec, SessionListener listener, SessionId id) {
        this.broker = broker;
        this.spec = spec;
        this.listener = listener;
        this.id = id;
        this.guard = new SessionGuard(broker, spec);
        this.random = broker.secrets().random("session " + id.value());
        this.outgoing = new Outgoing(broker.shards(), spec.io(), listener);
    }

    SessionId id() {
        return id;
    }

    /// On the io thread.
    boolean isClosed() {
        return closed;
    }

    SessionSpec spec() {
        return spec;
    }

    SessionListener listener() {
        return listener;
    }

    @Override
    public Principal principal() {
        return spec.principal();
    }

    @Override
    public String virtualHost() {
        return spec.virtualHost();
    }

    @Override
    public void beginChannel() {
        broker.occupancy().addChannel(principal().user());
        channels++;
    }

    @Override
    public void endChannel() {
        if (channels > 0) {
            channels--;
            broker.occupancy().removeChannels(principal().user(), 1);
        }
    }

    // ---- Publishing

    @Override
    public Publisher publisher(ReceiptSink receipts) {
        return new LocalPublisher(this, this, receipts);
    }

    @Override
    public Transaction transaction() {
        return new LocalTransaction(this);
    }

    Topology topology() {
        return broker.topology();
    }

    /// For routes that are a matter of chance.
    RandomGenerator random() {
        return random;
    }

    /// Wall time in milliseconds since the epoch.
    long now() {
        return broker.now();
    }

    boolean exists(QueueEntry queue) {
        return topology().isThere(queue);
    }

    /// Whether a message that was routed like this goes anywhere. What waits at an exchange does, whatever becomes of
    /// it.
    boolean isAnyThere(Route route) {
        for (int i = 0; i < route.size(); i++) {
            if (exists(route.queue(i))) {
                return true;
            }
        }
        return route.delayCount() > 0;
    }

    ExchangeTraffic trafficOf(String exchange) {
        return broker.traffics().of(virtualHost(), exchange);
    }

    int maxMessageBytes() {
        return broker.options().maxMessageBytes();
    }

    SessionGuard guard() {
        return guard;
    }

    /// For the next flush.
    @Override
    public void hasCollected(LocalPublisher publisher) {
        publishing.add(publisher);
    }

    @Override
    public void send(List<Publication> publications) {
        for (int i = 0; i < publications.size(); i++) {
            Publication publication = publications.get(i);
            append(publication.shard(), new Command.Publish(publication));
        }
    }

    /// Something to be appended: where the shard takes no more now, it waits here.
    void append(int shard, Command.Bounded command) {
        outgoing.append(shard, command);
    }

    private void send(Command.Settle settle) {
        send(settle.queue(), settle);
    }

    void send(QueueEntry queue, Command command) {
        send(queue.shard(), command);
    }

    void send(int shard, Command command) {
        outgoing.send(shard, command);
    }

    /// The way back from a shard to this session.
    Outlet outlet(int shard) {
        Outlet outlet = outlets[shard];
        if (outlet == null) {
            outlet = new Outlet(broker.shards().get(shard), spec.io());
            outlets[shard] = outlet;
        }
        return outlet;
    }

    @Override
    public int reply(Message message) {
        return message.exchange().isEmpty() ? broker.replies().deliver(virtualHost(), message) : 0;
    }

    /// How many reply addresses the message names.
    int repliesTo(Message message) {
        return message.exchange().isEmpty() ? broker.replies().named(virtualHost(), message) : 0;
    }

    // ---- Settling

    @Override
    public void settle(ConsumerHandle owner, QueueHandle queue, long deliveryId, Outcome outcome) {
        SettleCollector collector = ((LocalHandle) owner).collector(queue);
        if (collector != null && collector.add(deliveryId, outcome)) {
            settling.add(collector);
        }
    }

    @Override
    public void flush() {
        for (int i = 0; i < publishing.size(); i++) {
            publishing.get(i).sealAll();
        }
        publishing.clear();
        for (int i = 0; i < settling.size(); i++) {
            settling.get(i).drainTo(this::send);
        }
        settling.clear();
    }

    // ---- Consuming

    @Override
    public void consume(ConsumerSpec wanted, DeliverySink sink, Reply<ConsumerHandle> reply) {
        QueueEntry queue = toRead(wanted.queue(), reply);
        if (queue == null) {
            return;
        }
        if (queue.isOfTopic()) {
            asQueue().consume(wanted, queue, sink, reply);
            return;
        }
        ConsumerSettings settings;
        try {
            settings = settings(wanted, queue);
        } catch (BrokerException impossible) {
            reply.failed(impossible);
            return;
        }
        var answer = new Started(reply);
        LocalConsumer handle = start(queue, wanted, settings, sink, answer);
        answer.handle = handle;
        handles.add(handle);
    }

    /// Answers with the consumer that was started.
    private final class Started implements Reply<Done> {
        private final Reply<ConsumerHandle> reply;
        private @Nullable LocalConsumer handle;

        Started(Reply<ConsumerHandle> reply) {
            this.reply = reply;
        }

        @Override
        public void ok(Done done) {
            reply.ok(Objects.requireNonNull(handle));
        }

        @Override
        public void failed(BrokerException cause) {
            handles.remove(handle);
            reply.failed(cause);
        }
    }

    /// @param reply called on the io thread, not before this has returned
    LocalConsumer start(
            QueueEntry queue, ConsumerSpec wanted, ConsumerSettings settings, DeliverySink sink, Reply<Done> reply) {
        Outlet outlet = outlet(queue.shard());
        var link = new SinkLink(broker.shards().get(queue.shard()), queue, outlet, sink);
        var consumer =
                new Consumer(wanted.tag(), wanted.autoSettle(), wanted.exclusive(), wanted.prefetch(), settings, link);
        link.serves(consumer);
        if (wanted.shared() != null) {
            link.shares(wanted.shared());
            consumer.share(wanted.shared());
        }
        send(queue, new Command.Consume(queue, consumer, new OutletReply<>(outlet, reply)));
        return new LocalConsumer(this, queue, consumer, link);
    }

    private TopicAsQueue asQueue() {
        TopicAsQueue known = asQueue;
        if (known == null) {
            known = new TopicAsQueue(broker, this);
            asQueue = known;
        }
        return known;
    }

    private static ConsumerSettings settings(ConsumerSpec wanted, QueueEntry queue) {
        return ConsumerSettings.of(
                wanted.arguments(), queue.toString(), queue.spec().type());
    }

    @Override
    public void get(String name, boolean autoSettle, ConsumerHandle owner, Reply<Optional<Delivery>> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue == null) {
            return;
        }
        if (queue.isOfTopic()) {
            asQueue().get(queue, autoSettle, (LocalGetter) owner, reply);
        } else {
            take(queue, autoSettle, (LocalGetter) owner, reply);
        }
    }

    void take(QueueEntry queue, boolean autoSettle, LocalGetter owner, Reply<Optional<Delivery>> reply) {
        var answer = new TakenReply(outlet(queue.shard()), reply);
        send(queue, new Command.Get(queue, owner.getterOf(queue), autoSettle, answer));
    }

    @Override
    public void claim(String name, List<Long> ids, ConsumerHandle owner, Reply<List<Long>> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue != null) {
            var getter = ((LocalGetter) owner).getterOf(queue);
            send(
                    queue,
                    new Command.Claim(
                            queue, getter, List.copyOf(ids), new OutletReply<>(outlet(queue.shard()), reply)));
        }
    }

    /// The bytes of a delivery that changes threads are copied first.
    private record TakenReply(Outlet outlet, Reply<Optional<Delivery>> reply) implements Reply<Optional<Delivery>> {
        @Override
        public void ok(Optional<Delivery> taken) {
            Optional<Delivery> kept = outlet.isDirect() ? taken : taken.map(SinkLink::copyOf);
            outlet.run(() -> reply.ok(kept));
        }

        @Override
        public void failed(BrokerException cause) {
            outlet.run(() -> reply.failed(cause));
        }
    }

    @Override
    public ConsumerHandle getter() {
        var getter = new LocalGetter(this);
        handles.add(getter);
        return getter;
    }

    @Override
    public ReplyAddress replyAddress(DeliverySink sink) {
        LocalReplyAddress address = broker.replies().open(this, sink);
        handles.add(address);
        return address;
    }

    void opened(LocalHandle handle) {
        handles.add(handle);
    }

    void closed(LocalHandle handle) {
        handles.remove(handle);
    }

    // ---- Queues

    @Override
    public void declareQueue(QueueSpec wanted, Reply<QueueStatus> reply) {
        flush();
        broker.queueDeclared();
        var declaration = guard.declaration();
        changes().declareQueue(virtualHost(), wanted, id, declaration, here(guard.noting(reply), queue -> {
            declaration.done("queue", queue.name());
            askStatus(queue, reply);
        }));
    }

    @Override
    public void queueStatus(String name, Reply<QueueStatus> reply) {
        if (broker.replies().isOpen(virtualHost(), name)) {
            reply.ok(new QueueStatus(name, false, true, true, 0, 0, 1, 0, null, "classic"));
            return;
        }
        QueueEntry queue = guard.allowsToSeeQueue(name, reply) ? find(name, reply) : null;
        if (queue != null) {
            askStatus(queue, reply);
        }
    }

    private void askStatus(QueueEntry queue, Reply<QueueStatus> reply) {
        askStatus(queue, true, reply);
    }

    /// @param isUse whether asking counts as using the queue
    void askStatus(QueueEntry queue, boolean isUse, Reply<QueueStatus> reply) {
        if (queue.isOfTopic()) {
            asQueue().status(queue, isUse, reply);
        } else {
            send(queue, new Command.Status(queue, isUse, new OutletReply<>(outlet(queue.shard()), reply)));
        }
    }

    @Override
    public void purgeQueue(String name, Reply<Long> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue != null) {
            Reply<Long> purged = noting("purge", "queue", name, reply);
            if (queue.isOfTopic()) {
                asQueue().purge(queue, purged);
            } else {
                send(queue, new Command.Purge(queue, new OutletReply<>(outlet(queue.shard()), purged)));
            }
        }
    }

    @Override
    public void browse(String name, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        QueueEntry queue = toRead(name, reply);
        if (queue == null) {
            return;
        }
        if (state == MessageState.DEAD) {
            List<QueueEntry> targets = topology().deadLetterTargets(queue).stream()
                    .filter(target -> guard.mayRead(target.name()))
                    .toList();
            new DeadLetterSearch(this, queue, targets, most, reply).from(from);
        } else {
            browse(queue, state, from, most, reply);
        }
    }

    void browse(QueueEntry queue, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        send(queue, new Command.Browse(queue, state, from, most, here(reply, reply::ok)));
    }

    @Override
    public void deleteQueue(String name, boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
        flush();
        if (!guard.allowsIfInternal(name, reply) || !guard.allowsQueue(Permission.CONFIGURE, name, reply)) {
            return;
        }
        QueueEntry queue;
        try {
            queue = topology().queue(virtualHost(), name, id);
        } catch (BrokerException.NotFound e) {
            reply.ok(0L);
            return;
        } catch (BrokerException e) {
            reply.failed(e);
            return;
        }
        Reply<Long> deleted = queue.owner() == null ? noting("delete", "queue", name, reply) : reply;
        Reply<Long> checked = here(reply, ready -> changes().deleteQueue(queue, here(reply, _ -> deleted.ok(ready))));
        if (queue.isOfTopic()) {
            asQueue().checkDelete(queue, ifUnused, ifEmpty, checked);
            return;
        }
        send(
                queue,
                new Command.CheckDelete(queue, ifUnused, ifEmpty, new OutletReply<>(outlet(queue.shard()), checked)));
    }

    @Override
    public void listQueues(Reply<List<QueueStatus>> reply) {
        flush();
        if (!guard.allowsLists(reply)) {
            return;
        }
        VirtualHost host;
        try {
            host = topology().virtualHost(virtualHost());
        } catch (BrokerException gone) {
            reply.failed(gone);
            return;
        }
        new QueueList(host, this, reply).ask();
    }

    @Override
    public void pauseQueue(String name, String reason, Reply<Done> reply) {
        QueueEntry queue = toConfigure(name, reply);
        if (queue != null) {
            changes().pauseQueue(queue, reason, here(reply, noting("pause", "queue", name, reply)::ok));
        }
    }

    @Override
    public void resumeQueue(String name, Reply<Done> reply) {
        QueueEntry queue = toConfigure(name, reply);
        if (queue != null) {
            changes().resumeQueue(queue, here(reply, noting("resume", "queue", name, reply)::ok));
        }
    }

    private @Nullable QueueEntry toConfigure(String name, Reply<?> reply) {
        return guard.allowsQueue(Permission.CONFIGURE, name, reply) ? find(name, reply) : null;
    }

    // ---- Topics

    @Override
    public Topics topics() {
        LocalTopics known = topics;
        if (known == null) {
            known = new LocalTopics(broker, this);
            topics = known;
        }
        return known;
    }

    // ---- Delayed messages

    @Override
    public void delayedMessages(
            String exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply) {
        DelayEntry entry = delayToUse(Permission.READ, exchange, reply);
        if (entry != null) {
            outgoing.send(
                    entry.shard(),
                    new Command.ListDelayed(entry, behind, most, new OutletReply<>(outlet(entry.shard()), reply)));
        }
    }

    @Override
    public void cancelDelayed(String exchange, long id, Reply<Boolean> reply) {
        DelayEntry entry = delayToUse(Permission.WRITE, exchange, reply);
        if (entry != null) {
            outgoing.send(
                    entry.shard(),
                    new Command.CancelDelayed(
                            entry,
                            id,
                            new OutletReply<>(
                                    outlet(entry.shard()),
                                    noting("cancel delayed message " + id + " of", "exchange", exchange, reply))));
        }
    }

    /// Null after the reply was told why not. Everything collected is handed over first.
    private @Nullable DelayEntry delayToUse(Permission permission, String exchange, Reply<?> reply) {
        flush();
        if (!guard.allowsExchange(permission, exchange, reply)) {
            return null;
        }
        try {
            DelayEntry entry = topology().delay(virtualHost(), exchange);
            if (entry == null) {
                reply.failed(new BrokerException.PreconditionFailed(exchangeText(exchange) + " delays no messages"));
            }
            return entry;
        } catch (BrokerException e) {
            reply.failed(e);
            return null;
        }
    }

    // ---- Exchanges and bindings

    @Override
    public void declareExchange(ExchangeSpec wanted, Reply<Done> reply) {
        flush();
        var declaration = guard.declaration();
        changes().declareExchange(virtualHost(), wanted, declaration, here(guard.noting(reply), done -> {
            declaration.done("exchange", wanted.name());
            reply.ok(done);
        }));
    }

    @Override
    public void checkExchange(String exchange, Reply<Done> reply) {
        flush();
        if (!guard.allowsToSeeExchange(exchange, reply)) {
            return;
        }
        try {
            topology().exchangeSpec(virtualHost(), exchange);
            reply.ok(Done.DONE);
        } catch (BrokerException e) {
            reply.failed(e);
        }
    }

    @Override
    public void deleteExchange(String exchange, boolean ifUnused, Reply<Done> reply) {
        flush();
        String named = Names.withoutLineBreaks(exchange);
        // The default exchange is deleted by nobody, which is said in other words.
        if (named.isEmpty() || guard.allowsExchange(Permission.CONFIGURE, named, reply)) {
            Reply<Done> deleted = noting("delete", "exchange", named, reply);
            changes().deleteExchange(virtualHost(), named, ifUnused, here(reply, deleted::ok));
        }
    }

    @Override
    public void bind(BindingSpec binding, Reply<Done> reply) {
        flush();
        if (guard.allowsBinding(binding, reply)) {
            changes().bind(virtualHost(), binding, id, here(reply, reply::ok));
        }
    }

    @Override
    public void unbind(BindingSpec binding, Reply<Done> reply) {
        flush();
        if (guard.allowsBinding(binding, reply)) {
            changes().unbind(virtualHost(), binding, id, here(reply, reply::ok));
        }
    }

    private @Nullable QueueEntry toRead(String name, Reply<?> reply) {
        return guard.allowsIfInternal(name, reply) && guard.allowsQueue(Permission.READ, name, reply)
                ? find(name, reply)
                : null;
    }

    /// The queue, or null after the reply was told why not. Everything collected is handed over first.
    private @Nullable QueueEntry find(String name, Reply<?> reply) {
        flush();
        try {
            return topology().queue(virtualHost(), name, id);
        } catch (BrokerException e) {
            reply.failed(e);
            return null;
        }
    }

    @Override
    public void holds(long bytes) {
        long now = closed ? 0 : bytes;
        if (now > held) {
            broker.memory().hold(now - held);
        } else if (now < held) {
            broker.memory().release(held - now);
        }
        held = now;
    }

    /// Lets the connection close with this cause, which closes the session in turn. Any thread.
    void end(BrokerException cause) {
        spec.io().execute(() -> {
            if (!closed) {
                listener.ended(cause);
            }
        });
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        broker.occupancy().removeChannels(principal().user(), channels);
        channels = 0;
        holds(0);
        flush();
        for (LocalHandle handle : List.copyOf(handles)) {
            handle.close();
        }
        broker.closed(this);
    }

    private TopologyManager changes() {
        return broker.manager();
    }

    private <T> Reply<T> noting(String verb, String kind, String name, Reply<T> reply) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                // What was not there any more was not done.
                if (!Boolean.FALSE.equals(value)) {
                    guard.note(verb, kind, name);
                }
                reply.ok(value);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        };
    }

    private String exchangeText(String name) {
        return "exchange '" + name + "' in vhost '" + virtualHost() + "'";
    }

    /// Brings an answer from any thread to this session's.
    <T> Reply<T> onIo(Reply<T> reply) {
        return here(reply, reply::ok);
    }

    /// Brings an answer from another thread to this session's.
    <T> Reply<T> here(Reply<T> reply) {
        return here(reply, reply::ok);
    }

    private <T> Reply<T> here(Reply<?> failures, java.util.function.Consumer<T> then) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                spec.io().execute(() -> then.accept(value));
            }

            @Override
            public void failed(BrokerException cause) {
                spec.io().execute(() -> failures.failed(cause));
            }
        };
    }
}
