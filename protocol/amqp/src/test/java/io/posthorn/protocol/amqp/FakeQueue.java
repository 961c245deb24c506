package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SharedCredit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One queue of a [FakeBroker], with those who take from it.
final class FakeQueue implements QueueHandle {
    private final QueueSpec spec;
    private final @Nullable BrokerSession owner;
    private final Deque<Entry> ready = new ArrayDeque<>();
    private final List<FakeConsumer> consumers = new ArrayList<>();
    private long nextId;
    private int turn;

    private record Entry(long id, Message message, boolean redelivered) {}

    /// @param owner null for a queue that is for everybody
    FakeQueue(QueueSpec spec, @Nullable BrokerSession owner) {
        this.spec = spec;
        this.owner = owner;
    }

    @Override
    public String name() {
        return spec.name();
    }

    boolean isOwnedBy(BrokerSession session) {
        return session.equals(owner);
    }

    boolean isOpenTo(BrokerSession session) {
        return !spec.exclusive() || isOwnedBy(session);
    }

    QueueStatus status() {
        return new QueueStatus(
                name(),
                spec.durable(),
                spec.exclusive(),
                spec.autoDelete(),
                ready(),
                0,
                consumers.size(),
                0,
                null,
                spec.type());
    }

    int ready() {
        return ready.size();
    }

    /// Those that nobody has taken.
    List<Message> messages() {
        return ready.stream().map(Entry::message).toList();
    }

    void purge() {
        ready.clear();
    }

    void add(Message message) {
        ready.add(new Entry(nextId++, message, false));
    }

    private void giveBack(Entry entry) {
        ready.addFirst(new Entry(entry.id(), entry.message(), true));
    }

    void dispatch() {
        for (int idle = 0; idle < consumers.size() && !ready.isEmpty(); ) {
            FakeConsumer consumer = consumers.get(turn++ % consumers.size());
            idle = consumer.take() ? 0 : idle + 1;
        }
        consumers.forEach(consumer -> consumer.sink.flush());
    }

    List<FakeConsumer> consumers() {
        return consumers;
    }

    /// The queue has been deleted.
    void cancelAll() {
        List.copyOf(consumers).forEach(consumer -> consumer.sink.cancelled());
    }

    FakeConsumer consume(ConsumerSpec spec, DeliverySink sink) {
        var consumer = new FakeConsumer(this, spec, sink);
        consumers.add(consumer);
        return consumer;
    }

    /// Takes a message on behalf of a channel's gets; null when there is none.
    @Nullable
    Delivery get(FakeGetter getter, boolean autoSettle) {
        Entry entry = ready.poll();
        if (entry == null) {
            return null;
        }
        if (!autoSettle) {
            getter.heldOf(this).put(entry.id(), entry);
        }
        return new Delivery(this, entry.id(), entry.redelivered(), 0, entry.message(), ready());
    }

    void settle(ConsumerHandle owner, long id, Outcome outcome) {
        var held = owner instanceof FakeConsumer consumer ? consumer.held : ((FakeGetter) owner).heldOf(this);
        Entry entry = held.remove(id);
        if (entry != null && outcome.comesBack()) {
            giveBack(entry);
        }
    }

    static final class FakeConsumer implements ConsumerHandle {
        private final FakeQueue queue;
        private final DeliverySink sink;
        private final int credit;
        private final boolean autoSettle;
        private final Map<Long, Entry> held = new LinkedHashMap<>();
        private boolean open = true;
        private boolean welcome = true;
        int resumes;

        private FakeConsumer(FakeQueue queue, ConsumerSpec spec, DeliverySink sink) {
            this.queue = queue;
            this.sink = sink;
            this.credit = spec.prefetch() == 0 ? Integer.MAX_VALUE : spec.prefetch();
            this.autoSettle = spec.autoSettle();
        }

        @Override
        public void share(SharedCredit credit, Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        DeliverySink sink() {
            return sink;
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
            new ArrayList<>(held.values()).reversed().forEach(queue::giveBack);
            held.clear();
            queue.dispatch();
        }

        @Override
        public void resume() {
            welcome = true;
            resumes++;
            queue.dispatch();
        }
    }

    /// Holds for every queue that a channel gets from.
    static final class FakeGetter implements ConsumerHandle {
        private final Map<FakeQueue, Map<Long, Entry>> held = new LinkedHashMap<>();

        private Map<Long, Entry> heldOf(FakeQueue queue) {
            return held.computeIfAbsent(queue, _ -> new LinkedHashMap<>());
        }

        @Override
        public void cancel(Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        @Override
        public void close() {
            held.forEach((queue, entries) -> {
                entries.values().forEach(queue::giveBack);
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
}
