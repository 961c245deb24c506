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
import io.posthorn.broker.Transaction;
import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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

    /// What takes from queues waits here, when it is to be late.
    @Nullable
    Deque<Runnable> lateAnswers;

    /// Whether what is closed does never go, as where a shard hangs.
    volatile boolean keepsWhatIsClosed;

    /// Who waits for that.
    final BlockingQueue<Reply<Done>> waitForWhatIsClosed = new LinkedBlockingQueue<>();

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

    FakeQueue queue(String name) {
        return Objects.requireNonNull(queues.get(name));
    }

    private void answer(Runnable answer) {
        if (lateAnswers == null) {
            answer.run();
        } else {
            lateAnswers.add(answer);
        }
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

    /// What the session that spoke last said that its connection holds.
    volatile long heldByConnections;

    private final class FakeSession implements BrokerSession {
        private final SessionSpec spec;
        private final SessionListener listener;
        private final List<FakeQueue.FakeConsumer> consumers = new ArrayList<>();
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
            } else if (!queue.isOpenTo(this)) {
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
            long ready = deleted == null ? 0 : deleted.ready();
            reply.ok(ready);
            if (deleted != null) {
                deleted.cancelAll();
            }
        }

        @Override
        public void purgeQueue(String queue, Reply<Long> reply) {
            FakeQueue found = find(queue, reply);
            if (found != null) {
                long ready = found.ready();
                found.purge();
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
                    queue.add(copy(message));
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
                answer(() -> {
                    var consumer = queue.consume(asked, sink);
                    consumers.add(consumer);
                    reply.ok(consumer);
                    queue.dispatch();
                });
            }
        }

        @Override
        public void get(String name, boolean autoSettle, ConsumerHandle owner, Reply<Optional<Delivery>> reply) {
            FakeQueue queue = find(name, reply);
            if (queue != null) {
                answer(() -> reply.ok(Optional.ofNullable(queue.get((FakeQueue.FakeGetter) owner, autoSettle))));
            }
        }

        @Override
        public ConsumerHandle getter() {
            return new FakeQueue.FakeGetter();
        }

        @Override
        public void settle(ConsumerHandle owner, QueueHandle handle, long deliveryId, Outcome outcome) {
            FakeQueue queue = (FakeQueue) handle;
            queue.settle(owner, deliveryId, outcome);
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
            consumers.forEach(FakeQueue.FakeConsumer::close);
            queues.values().removeIf(queue -> queue.isOwnedBy(this));
        }

        @Override
        public void whenGone(Reply<Done> reply) {
            if (keepsWhatIsClosed) {
                waitForWhatIsClosed.add(reply);
            } else {
                reply.ok(Done.DONE);
            }
        }
    }
}
