package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Outlet;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.statistics.ExchangeTraffic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Route;
import io.posthorn.broker.topology.SessionId;
import io.posthorn.broker.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
    private final LocalQueues queues;
    private final LocalExchanges exchanges;
    private final LocalTakings takings;
    private final Departures departures;
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
        this.queues = new LocalQueues(broker, this);
        this.exchanges = new LocalExchanges(broker, this);
        this.takings = new LocalTakings(broker, this, queues);
        this.departures = new Departures(broker, this);
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

    /// Brings an answer from the thread of this shard to this session's.
    <T> Reply<T> fromShard(int shard, Reply<T> reply) {
        return new OutletReply<>(outlet(shard), reply);
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
        takings.consume(wanted, sink, reply);
    }

    @Override
    public void get(String queue, boolean autoSettle, ConsumerHandle owner, Reply<Optional<Delivery>> reply) {
        takings.get(queue, autoSettle, (LocalGetter) owner, reply);
    }

    @Override
    public void claim(String queue, List<Long> ids, ConsumerHandle owner, Reply<List<Long>> reply) {
        takings.claim(queue, ids, (LocalGetter) owner, reply);
    }

    LocalTakings takings() {
        return takings;
    }

    /// Topics as those see them who know queues.
    TopicAsQueue asQueue() {
        TopicAsQueue known = asQueue;
        if (known == null) {
            known = new TopicAsQueue(broker, this);
            asQueue = known;
        }
        return known;
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
        queues.declare(wanted, reply);
    }

    @Override
    public void queueStatus(String name, Reply<QueueStatus> reply) {
        queues.status(name, reply);
    }

    @Override
    public void deleteQueue(String name, boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
        queues.delete(name, ifUnused, ifEmpty, reply);
    }

    @Override
    public void purgeQueue(String name, Reply<Long> reply) {
        queues.purge(name, reply);
    }

    @Override
    public void pauseQueue(String name, String reason, Reply<Done> reply) {
        queues.pause(name, reason, reply);
    }

    @Override
    public void resumeQueue(String name, Reply<Done> reply) {
        queues.resume(name, reply);
    }

    @Override
    public void browse(String name, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        queues.browse(name, state, from, most, reply);
    }

    @Override
    public void listQueues(Reply<List<QueueStatus>> reply) {
        queues.list(reply);
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

    // ---- Exchanges and bindings

    @Override
    public void declareExchange(ExchangeSpec wanted, Reply<Done> reply) {
        exchanges.declare(wanted, reply);
    }

    @Override
    public void checkExchange(String exchange, Reply<Done> reply) {
        exchanges.check(exchange, reply);
    }

    @Override
    public void deleteExchange(String exchange, boolean ifUnused, Reply<Done> reply) {
        exchanges.delete(exchange, ifUnused, reply);
    }

    @Override
    public void bind(BindingSpec binding, Reply<Done> reply) {
        exchanges.bind(binding, reply);
    }

    @Override
    public void unbind(BindingSpec binding, Reply<Done> reply) {
        exchanges.unbind(binding, reply);
    }

    @Override
    public void delayedMessages(
            String exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply) {
        exchanges.delayedMessages(exchange, behind, most, reply);
    }

    @Override
    public void cancelDelayed(String exchange, long id, Reply<Boolean> reply) {
        exchanges.cancelDelayed(exchange, id, reply);
    }

    // ---- The end

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
        guard.end();
        broker.sessions().ended(this);
    }

    Departures departures() {
        return departures;
    }

    @Override
    public void whenGone(Reply<Done> reply) {
        departures.whenGone(reply);
    }

    /// Brings an answer from another thread to this session's.
    <T> Reply<T> here(Reply<T> reply) {
        return here(reply, reply::ok);
    }

    /// As [#here(Reply)], to do something else with what is ok.
    <T> Reply<T> here(Reply<?> failures, java.util.function.Consumer<T> then) {
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
