package io.posthorn.broker;

import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordHeader;
import io.posthorn.log.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A whole broker over a storage moved by hand, on one thread.
final class BrokerWorld {
    final FakeStorage storage;
    final LocalBroker broker;
    final HandTime time = new HandTime();
    final HandExecutor loop;
    private final HandExecutor blocking = new HandExecutor(false);

    BrokerWorld(FakeStorage storage) {
        this(storage, BrokerOptions.forHeap(1 << 28));
    }

    BrokerWorld(FakeStorage storage, BrokerOptions options) {
        this(storage, options, new HandExecutor(true));
    }

    BrokerWorld(FakeStorage storage, BrokerOptions options, HandExecutor loop) {
        this(storage, storage::recover, options, loop);
    }

    /// Over another storage.
    BrokerWorld(Function<Recovery, LogStorage> opened) {
        this(new FakeStorage(), opened, BrokerOptions.forHeap(1 << 28), new HandExecutor(true));
    }

    private BrokerWorld(
            FakeStorage storage, Function<Recovery, LogStorage> opened, BrokerOptions options, HandExecutor loop) {
        this.storage = storage;
        this.loop = loop;
        broker = LocalBroker.open(opened, options, new BrokerThreads(List.of(loop), blocking, time), time);
    }

    void run() {
        while (loop.runAll() + blocking.runAll() > 0) {
            // Each may bring work for the other.
        }
    }

    void syncAndRun() {
        do {
            run();
            storage.sync();
            run();
        } while (storage.durableEnd() < storage.end());
    }

    /// A persistent one.
    static Message message(String exchange, String key, List<RecordHeader> headers, String body) {
        return new Message(
                exchange,
                key,
                List.of(),
                null,
                headers,
                Bytes.utf8(body),
                true,
                0,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
    }

    /// Records with nothing but these values.
    static RecordBatch records(String... values) {
        var builder = new BatchBuilder();
        for (String value : values) {
            builder.add(0, null, Bytes.utf8(value), List.of());
        }
        return builder.build();
    }

    Optional<Principal> logIn(String user, String password) {
        var answer = new ArrayList<Optional<Principal>>();
        var peer = new Login.Peer("127.0.0.1", true, "127.0.0.1:5000");
        broker.logIn(new Login(user, new Login.Proof.Password(Bytes.utf8(password)), peer, "test"), answer::add);
        run();
        return answer.getFirst();
    }

    Client connect() {
        return new Client(loop);
    }

    Client connect(SessionSpec.IoExecutor io) {
        return new Client(io);
    }

    Client connect(String user, String virtualHost) {
        return connect(new Principal(user), virtualHost);
    }

    Client connect(Principal who, String virtualHost) {
        return new Client(loop, who, virtualHost);
    }

    /// One connection.
    final class Client implements SessionListener, ReceiptSink {
        final BrokerSession session;
        final Publisher publisher;
        final List<Long> accepted = new ArrayList<>();
        final List<Long> refused = new ArrayList<>();
        final List<Boolean> gates = new ArrayList<>();
        Set<Alarm> alarms = Set.of();

        @Nullable
        BrokerException ended;

        Client(SessionSpec.IoExecutor io) {
            this(io, new Principal("guest", Set.of("administrator")), "/");
        }

        Client(SessionSpec.IoExecutor io, Principal who, String virtualHost) {
            session = broker.open(new SessionSpec("test", who, virtualHost, io), this);
            publisher = session.publisher(this);
        }

        Answer<QueueStatus> declare(String name) {
            return declare(name, Map.of());
        }

        Answer<QueueStatus> declare(String name, Map<String, Object> arguments) {
            var answer = new Answer<QueueStatus>();
            session.declareQueue(new QueueSpec(name, true, false, false, new Arguments(Map.copyOf(arguments))), answer);
            run();
            return answer;
        }

        void bind(String exchange, String queue) {
            session.bind(
                    new BindingSpec(exchange, BindingSpec.Destination.QUEUE, queue, "", Arguments.NONE),
                    new Answer<>());
            run();
        }

        int publish(String exchange, String key, String body, long sequence) {
            return publisher.publish(message(exchange, key, List.of(), body), sequence);
        }

        int publishExpiring(String queue, String body, long expiresAt) {
            return publishExpiring(queue, body, expiresAt, 0);
        }

        int publishExpiring(String queue, String body, long expiresAt, int priority) {
            var message = new Message(
                    "",
                    queue,
                    List.of(),
                    null,
                    List.of(),
                    Bytes.utf8(body),
                    true,
                    priority,
                    expiresAt,
                    0,
                    () -> Arguments.NONE);
            return publisher.publish(message, -1);
        }

        TestConsumer consume(String queue, int prefetch) {
            var consumer = new TestConsumer(session);
            session.consume(
                    new ConsumerSpec(queue, "tag", false, false, prefetch, Arguments.NONE), consumer, consumer.reply);
            return consumer;
        }

        void createTopic(String name, int partitions) {
            session.topics().create(new TopicSpec(name, partitions, Map.of()), new Answer<>());
            run();
        }

        Topic topic(String name) {
            return Objects.requireNonNull(session.topics().catalogue().named(name));
        }

        void append(Partition partition, RecordBatch batch, AppendRule rule) {
            session.topics().append(partition, batch, rule, new Answer<>());
            session.flush();
            run();
        }

        Answer<Optional<Delivery>> get(String queue) {
            var answer = new Answer<Optional<Delivery>>();
            session.get(queue, true, session.getter(), answer);
            return answer;
        }

        QueueStatus status(String queue) {
            return status(queue, BrokerWorld.this::run);
        }

        QueueStatus status(String queue, Runnable run) {
            var answer = new Answer<QueueStatus>();
            session.queueStatus(queue, answer);
            run.run();
            return answer.get();
        }

        @Override
        public void alarms(Set<Alarm> on) {
            alarms = on;
        }

        @Override
        public void acceptsPublishes(boolean open) {
            gates.add(open);
        }

        @Override
        public void ended(BrokerException cause) {
            ended = cause;
            session.close();
        }

        @Override
        public void accepted(long first, long last) {
            for (long i = first; i <= last; i++) {
                accepted.add(i);
            }
        }

        @Override
        public void refused(long first, long last, BrokerException cause) {
            for (long i = first; i <= last; i++) {
                refused.add(i);
            }
        }
    }

    /// A sink that keeps what it gets.
    static final class TestConsumer implements DeliverySink {
        private final BrokerSession session;
        final Answer<ConsumerHandle> reply = new Answer<>();
        final List<Delivery> arrived = new ArrayList<>();
        boolean welcome = true;
        boolean cancelled;

        TestConsumer(BrokerSession session) {
            this.session = session;
        }

        ConsumerHandle handle() {
            return reply.get();
        }

        List<String> bodies() {
            return arrived.stream().map(d -> d.message().body().toUtf8()).toList();
        }

        void settleAll(Outcome outcome) {
            arrived.forEach(d -> session.settle(handle(), d.queue(), d.deliveryId(), outcome));
            session.flush();
        }

        @Override
        public boolean deliver(Delivery delivery) {
            arrived.add(SinkLink.copyOf(delivery));
            return welcome;
        }

        @Override
        public void flush() {}

        @Override
        public void cancelled() {
            cancelled = true;
        }
    }
}
