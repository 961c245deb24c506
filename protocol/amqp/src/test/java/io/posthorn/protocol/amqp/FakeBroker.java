package io.posthorn.protocol.amqp;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrokerStatus;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.Login;
import io.posthorn.broker.Message;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;
import io.posthorn.broker.ReplyAddress;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.SharedCredit;
import io.posthorn.broker.Transaction;
import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A broker of plain collections, all of it on the one loop that the sessions of a test share. Routes by equal
/// keys; has two knobs that a real broker turns by itself: alarms, and receipts that come late.
final class FakeBroker implements Broker {
    private final Map<String, FakeQueue> queues = new LinkedHashMap<>();
    private final Map<String, Set<String>> routes = new LinkedHashMap<>();
    private final Set<String> exchanges = new HashSet<>(Set.of("", "amq.direct", "amq.fanout", "amq.topic"));
    private final List<FakeSession> sessions = new ArrayList<>();
    private final Set<Alarm> alarms = EnumSet.noneOf(Alarm.class);

    /// Receipts wait here, when they are to be late.
    @Nullable
    Deque<Runnable> lateReceipts;

    /// Whether what is closed does never go, as where a shard hangs.
    volatile boolean keepsWhatIsClosed;

    @Override
    public BrokerSession open(SessionSpec spec, SessionListener listener) {
        if (!spec.virtualHost().equals("/")) {
            throw new BrokerException.VirtualHostNotFound("no virtual host '" + spec.virtualHost() + "'");
        }
        var session = new FakeSession(spec, listener);
        sessions.add(session);
        return session;
    }

    @Override
    public void logIn(Login login, Consumer<Optional<Principal>> then) {
        boolean isGuest = login.user().equals("guest")
                && switch (login.proof()) {
                    case Login.Proof.Password(Bytes password) ->
                        password.toUtf8().equals("guest");
                    case Login.Proof.Checked _ -> true;
                    case Login.Proof.Answered(boolean isRight) -> isRight;
                };
        then.accept(isGuest ? Optional.of(new Principal("guest")) : Optional.empty());
    }

    @Override
    public Passwords passwords() {
        throw new UnsupportedOperationException("no test of the fake asks for it");
    }

    @Override
    public AccessControl access() {
        throw new UnsupportedOperationException("no test of the fake asks for it");
    }

    @Override
    public Set<Alarm> alarms() {
        return alarms;
    }

    void alarm(Alarm alarm, boolean on) {
        if (on) {
            alarms.add(alarm);
        } else {
            alarms.remove(alarm);
        }
        sessions.forEach(session -> session.listener.alarms(alarms));
    }

    int sessions() {
        return sessions.size();
    }

    @Override
    public Administration administration() {
        throw new UnsupportedOperationException("no test of the fake asks for it");
    }

    @Override
    public BrokerStatus status() {
        throw new UnsupportedOperationException("no test of the fake asks for it");
    }

    @Override
    public boolean isInService() {
        return true;
    }

    @Override
    public Statistics statistics() {
        throw new UnsupportedOperationException("no test of the fake asks for it");
    }

    @Override
    public int endSessions(Predicate<SessionSpec> which, String reason) {
        var ended = sessions.stream().filter(each -> which.test(each.spec)).toList();
        ended.forEach(each -> each.listener.ended(new BrokerException.EndedByOperator(reason)));
        return ended.size();
    }

    @Override
    public void close() {}

    private static final class FakeQueue implements QueueHandle {
        private final QueueSpec spec;
        private final @Nullable FakeSession owner;
        private final Deque<Entry> ready = new ArrayDeque<>();
        private final List<FakeConsumer> consumers = new ArrayList<>();
        private long nextId;
        private int turn;

        FakeQueue(QueueSpec spec, @Nullable FakeSession owner) {
            this.spec = spec;
            this.owner = owner;
        }

        @Override
        public String name() {
            return spec.name();
        }

        QueueStatus status() {
            return new QueueStatus(
                    name(),
                    spec.durable(),
                    spec.exclusive(),
                    spec.autoDelete(),
                    ready.size(),
                    0,
                    consumers.size(),
                    0,
                    null,
                    spec.type());
        }

        void dispatch() {
            for (int idle = 0; idle < consumers.size() && !ready.isEmpty(); ) {
                FakeConsumer consumer = consumers.get(turn++ % consumers.size());
                idle = consumer.take() ? 0 : idle + 1;
            }
            consumers.forEach(consumer -> consumer.sink.flush());
        }
    }

    private record Entry(long id, Message message, boolean redelivered) {}

    private static final class FakeConsumer implements ConsumerHandle {
        private final FakeQueue queue;
        private final DeliverySink sink;
        private final int credit;
        private final boolean autoSettle;
        private final Map<Long, Entry> held = new LinkedHashMap<>();
        private boolean open = true;
        private boolean welcome = true;

        FakeConsumer(FakeQueue queue, ConsumerSpec spec, DeliverySink sink) {
            this.queue = queue;
            this.sink = sink;
            this.credit = spec.prefetch() == 0 ? Integer.MAX_VALUE : spec.prefetch();
            this.autoSettle = spec.autoSettle();
        }

        @Override
        public void share(SharedCredit credit, Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        boolean take() {
            Entry entry = queue.ready.peek();
            if (!open || !welcome || entry == null || held.size() >= credit) {
                return false;
            }
            queue.ready.remove();
            if (!autoSettle) {
                held.put(entry.id(), entry);
            }
            welcome = sink.deliver(new Delivery(queue, entry.id(), entry.redelivered(), 0, entry.message(), -1));
            return true;
        }

        @Override
        public void cancel(Reply<Done> reply) {
            open = false;
            queue.consumers.remove(this);
            reply.ok(Done.DONE);
        }

        @Override
        public void close() {
            open = false;
            queue.consumers.remove(this);
            new ArrayList<>(held.values()).reversed().forEach(this::giveBack);
            held.clear();
            queue.dispatch();
        }

        void giveBack(Entry entry) {
            queue.ready.addFirst(new Entry(entry.id(), entry.message(), true));
        }

        @Override
        public void resume() {
            welcome = true;
            queue.dispatch();
        }
    }

    /// Holds for every queue that a channel gets from.
    private static final class FakeGetter implements ConsumerHandle {
        private final Map<FakeQueue, Map<Long, Entry>> held = new LinkedHashMap<>();

        @Override
        public void cancel(Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        @Override
        public void close() {
            held.forEach((queue, entries) -> {
                entries.values().forEach(e -> queue.ready.addFirst(new Entry(e.id(), e.message(), true)));
                queue.dispatch();
            });
            held.clear();
        }

        @Override
        public void share(SharedCredit credit, Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        @Override
        public void resume() {}
    }

    /// What the session that spoke last said that its connection holds.
    volatile long heldByConnections;

    private final class FakeSession implements BrokerSession {
        private final SessionSpec spec;
        private final SessionListener listener;
        private final List<FakeConsumer> consumers = new ArrayList<>();
        private final Set<FakeQueue> touched = new HashSet<>();

        FakeSession(SessionSpec spec, SessionListener listener) {
            this.spec = spec;
            this.listener = listener;
        }

        @Override
        public Principal principal() {
            return spec.principal();
        }

        @Override
        public void beginChannel() {}

        @Override
        public void endChannel() {}

        @Override
        public void holds(long bytes) {
            heldByConnections = bytes;
        }

        @Override
        public String virtualHost() {
            return spec.virtualHost();
        }

        private @Nullable FakeQueue find(String name, Reply<?> reply) {
            FakeQueue queue = queues.get(name);
            if (queue == null) {
                reply.failed(new BrokerException.NotFound("no queue '%s' in vhost '/'".formatted(name)));
            } else if (queue.spec.exclusive() && queue.owner != this) {
                reply.failed(new BrokerException.ResourceLocked(
                        "cannot obtain exclusive access to locked queue '" + name + "' in vhost '/'"));
                return null;
            }
            return queue;
        }

        @Override
        public void declareQueue(QueueSpec asked, Reply<QueueStatus> reply) {
            String name = asked.name().isEmpty() ? "amq.gen-" + queues.size() : asked.name();
            if (queues.containsKey(name)) {
                queueStatus(name, reply);
                return;
            }
            var named = new QueueSpec(name, asked.durable(), asked.exclusive(), asked.autoDelete(), asked.arguments());
            queues.put(name, new FakeQueue(named, asked.exclusive() ? this : null));
            // Late, as a change that has to become durable: the connection must wait, and its order hold.
            spec.io().execute(() -> queueStatus(name, reply));
        }

        @Override
        public void queueStatus(String queue, Reply<QueueStatus> reply) {
            FakeQueue found = find(queue, reply);
            if (found != null) {
                reply.ok(found.status());
            }
        }

        @Override
        public void deleteQueue(String queue, boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
            FakeQueue deleted = queues.remove(queue);
            long ready = deleted == null ? 0 : deleted.ready.size();
            reply.ok(ready);
            if (deleted != null) {
                List.copyOf(deleted.consumers).forEach(consumer -> consumer.sink.cancelled());
            }
        }

        @Override
        public void purgeQueue(String queue, Reply<Long> reply) {
            FakeQueue found = find(queue, reply);
            if (found != null) {
                long ready = found.ready.size();
                found.ready.clear();
                reply.ok(ready);
            }
        }

        @Override
        public void delayedMessages(
                String exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void cancelDelayed(String exchange, long id, Reply<Boolean> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void claim(String queue, List<Long> ids, ConsumerHandle owner, Reply<List<Long>> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void pauseQueue(String queue, String reason, Reply<Done> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void resumeQueue(String queue, Reply<Done> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void declareExchange(ExchangeSpec exchange, Reply<Done> reply) {
            exchanges.add(exchange.name());
            reply.ok(Done.DONE);
        }

        @Override
        public void checkExchange(String exchange, Reply<Done> reply) {
            if (exchanges.contains(exchange)) {
                reply.ok(Done.DONE);
            } else {
                reply.failed(new BrokerException.NotFound("no exchange '%s' in vhost '/'".formatted(exchange)));
            }
        }

        @Override
        public void deleteExchange(String exchange, boolean ifUnused, Reply<Done> reply) {
            exchanges.remove(exchange);
            reply.ok(Done.DONE);
        }

        @Override
        public void bind(BindingSpec binding, Reply<Done> reply) {
            routes.computeIfAbsent(binding.source() + "/" + binding.routingKey(), _ -> new HashSet<>())
                    .add(binding.destinationName());
            reply.ok(Done.DONE);
        }

        @Override
        public void unbind(BindingSpec binding, Reply<Done> reply) {
            routes.getOrDefault(binding.source() + "/" + binding.routingKey(), new HashSet<>())
                    .remove(binding.destinationName());
            reply.ok(Done.DONE);
        }

        @Override
        public Topics topics() {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public Publisher publisher(ReceiptSink receipts) {
            return (message, sequence) -> publish(message, sequence, receipts);
        }

        @Override
        public Transaction transaction() {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        private int publish(Message message, long sequence, ReceiptSink receipts) {
            if (!exchanges.contains(message.exchange())) {
                throw new BrokerException.NotFound("no exchange '%s' in vhost '/'".formatted(message.exchange()));
            }
            Set<String> names =
                    new HashSet<>(routes.getOrDefault(message.exchange() + "/" + message.routingKey(), Set.of()));
            if (message.exchange().isEmpty() && queues.containsKey(message.routingKey())) {
                names.add(message.routingKey());
            }
            for (String name : names) {
                FakeQueue queue = queues.get(name);
                if (queue != null) {
                    queue.ready.add(new Entry(queue.nextId++, copy(message), false));
                    touched.add(queue);
                }
            }
            if (!names.isEmpty() && sequence >= 0) {
                Runnable receipt = () -> receipts.accepted(sequence, sequence);
                if (lateReceipts == null) {
                    spec.io().execute(receipt);
                } else {
                    lateReceipts.add(receipt);
                }
            }
            return names.size();
        }

        private static Message copy(Message message) {
            return new Message(
                    message.exchange(),
                    message.routingKey(),
                    List.of(),
                    message.key(),
                    message.headers(),
                    message.body().copy(),
                    message.persistent(),
                    message.priority(),
                    message.expiresAt(),
                    message.timestamp(),
                    message.attributes());
        }

        @Override
        public ReplyAddress replyAddress(DeliverySink sink) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void consume(ConsumerSpec asked, DeliverySink sink, Reply<ConsumerHandle> reply) {
            FakeQueue queue = find(asked.queue(), reply);
            if (queue != null) {
                var consumer = new FakeConsumer(queue, asked, sink);
                consumers.add(consumer);
                queue.consumers.add(consumer);
                reply.ok(consumer);
                queue.dispatch();
            }
        }

        @Override
        public void get(String name, boolean autoSettle, ConsumerHandle owner, Reply<Optional<Delivery>> reply) {
            FakeQueue queue = find(name, reply);
            if (queue == null) {
                return;
            }
            Entry entry = queue.ready.poll();
            if (entry == null) {
                reply.ok(Optional.empty());
                return;
            }
            if (!autoSettle) {
                ((FakeGetter) owner)
                        .held
                        .computeIfAbsent(queue, _ -> new LinkedHashMap<>())
                        .put(entry.id(), entry);
            }
            reply.ok(Optional.of(
                    new Delivery(queue, entry.id(), entry.redelivered(), 0, entry.message(), queue.ready.size())));
        }

        @Override
        public ConsumerHandle getter() {
            return new FakeGetter();
        }

        @Override
        public void settle(ConsumerHandle owner, QueueHandle handle, long deliveryId, Outcome outcome) {
            FakeQueue queue = (FakeQueue) handle;
            Map<Long, Entry> held = owner instanceof FakeConsumer consumer
                    ? consumer.held
                    : ((FakeGetter) owner).held.getOrDefault(queue, new LinkedHashMap<>());
            Entry entry = held.remove(deliveryId);
            if (entry != null && outcome.comesBack()) {
                queue.ready.addFirst(new Entry(entry.id(), entry.message(), true));
            }
            touched.add(queue);
        }

        @Override
        public void flush() {
            touched.forEach(FakeQueue::dispatch);
            touched.clear();
        }

        @Override
        public void browse(String queue, MessageState state, long from, int most, Reply<BrowsePage> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void listQueues(Reply<List<QueueStatus>> reply) {
            throw new UnsupportedOperationException("no test of the fake asks for it");
        }

        @Override
        public void close() {
            sessions.remove(this);
            consumers.forEach(FakeConsumer::close);
            queues.values().removeIf(queue -> queue.owner == this);
        }

        @Override
        public void whenGone(Reply<Done> reply) {
            if (!keepsWhatIsClosed) {
                reply.ok(Done.DONE);
            }
        }
    }
}
