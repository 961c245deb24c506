package io.posthorn.broker;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicsListener;
import io.posthorn.broker.topology.QueueEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One consumer of a topic: one of each of its partitions, or of the cursor's part there, for the same sink; also of
/// those that come later. What it may hold it may hold of all of them together. Confined to its session's io thread.
final class LocalTopicConsumer extends LocalHandle {
    /// Makes the consumer of one part.
    interface Start {
        LocalConsumer of(QueueEntry part, ConsumerSpec spec, DeliverySink sink, Reply<Done> reply);
    }

    private final LocalSession session;
    private final QueueEntry head;
    private final Supplier<List<QueueEntry>> partsNow;
    private final Start start;
    private final Sink sink;
    private final List<LocalConsumer> parts = new ArrayList<>();
    private final AutoCloseable listening;

    /// What each part gets, also one that comes later.
    private ConsumerSpec spec;

    /// Whether it takes nothing more, neither from its parts nor from those that come later. It may have deliveries.
    private boolean cancelled;

    private boolean closed;

    /// @param head what the topic's name stands for
    /// @param partsNow what to consume, in the order of the partitions
    LocalTopicConsumer(
            LocalSession session,
            QueueEntry head,
            ConsumerSpec wanted,
            Supplier<List<QueueEntry>> partsNow,
            Start start,
            DeliverySink sink) {
        this.session = session;
        this.head = head;
        this.spec = wanted.prefetch() > 0 ? wanted.sharing(creditOf(wanted)) : wanted;
        this.partsNow = partsNow;
        this.start = start;
        this.sink = new Sink(sink);
        this.listening = session.topics().listen(new Growth());
    }

    private static SharedCredit creditOf(ConsumerSpec wanted) {
        SharedCredit outer = wanted.shared();
        if (outer == null && wanted.later() != null) {
            outer = wanted.later().get();
        }
        var credit = new SharedCredit(outer);
        credit.limit(wanted.prefetch());
        return credit;
    }

    /// Deliveries come behind the reply.
    void begin(Reply<ConsumerHandle> reply) {
        List<QueueEntry> wanted = partsNow.get();
        var answers = new Answers(wanted.size(), reply);
        wanted.forEach(part -> parts.add(start.of(part, spec, sink, answers)));
    }

    /// The answers of the first parts: all of them must have taken the consumer.
    private final class Answers implements Reply<Done> {
        private final Reply<ConsumerHandle> reply;
        private int missing;
        private boolean failed;

        Answers(int missing, Reply<ConsumerHandle> reply) {
            this.missing = missing;
            this.reply = reply;
        }

        @Override
        public void ok(Done done) {
            missing--;
            if (missing == 0 && !failed) {
                reply.ok(LocalTopicConsumer.this);
                sink.open();
            }
        }

        @Override
        public void failed(BrokerException cause) {
            if (!failed) {
                failed = true;
                close();
                reply.failed(cause);
            }
        }
    }

    /// Hears when the topic has more partitions. Called on another thread.
    private final class Growth implements TopicsListener {
        @Override
        public void created(Topic topic) {}

        @Override
        public void changed(Topic topic) {
            if (topic.id() == head.log().value()) {
                session.spec().io().execute(LocalTopicConsumer.this::grow);
            }
        }

        @Override
        public void removed(Topic topic) {}
    }

    private void grow() {
        if (cancelled || !sink.isOpen) {
            return;
        }
        List<QueueEntry> now = partsNow.get();
        for (int i = parts.size(); i < now.size() && !cancelled; i++) {
            parts.add(start.of(now.get(i), spec, sink, new Unanswered()));
        }
    }

    /// A partition that came later and is gone already has nothing for anybody.
    private static final class Unanswered implements Reply<Done> {
        @Override
        public void ok(Done value) {}

        @Override
        public void failed(BrokerException cause) {}
    }

    /// Takes the deliveries of all parts. What comes before all of them have answered waits here.
    private final class Sink implements DeliverySink {
        private final DeliverySink sink;
        private final ArrayDeque<Delivery> early = new ArrayDeque<>(0);
        private boolean isOpen;
        private boolean ended;

        Sink(DeliverySink sink) {
            this.sink = sink;
        }

        void open() {
            isOpen = true;
            boolean welcome = true;
            while (!early.isEmpty()) {
                welcome = sink.deliver(early.remove());
            }
            sink.flush();
            if (ended) {
                sink.cancelled();
                return;
            }
            if (welcome) {
                resume();
            }
            grow();
        }

        @Override
        public boolean deliver(Delivery delivery) {
            if (isOpen) {
                return sink.deliver(delivery);
            }
            early.add(SinkLink.copyOf(delivery));
            return false;
        }

        @Override
        public void flush() {
            if (isOpen) {
                sink.flush();
            }
        }

        @Override
        public void cancelled() {
            if (!ended) {
                ended = true;
                // Before all parts have answered its owner knows no consumer that could be cancelled.
                if (isOpen) {
                    sink.cancelled();
                }
            }
        }

        @Override
        public void timedOut(long timeoutMillis) {
            if (!ended) {
                ended = true;
                sink.timedOut(timeoutMillis);
                close();
            }
        }
    }

    @Override
    @Nullable
    SettleCollector collector(QueueHandle queue) {
        for (int i = 0; i < parts.size(); i++) {
            SettleCollector collector = parts.get(i).collector(queue);
            if (collector != null) {
                return collector;
            }
        }
        return null;
    }

    @Override
    public void cancel(Reply<Done> reply) {
        stopListening();
        var all = new AllDone(parts.size(), reply);
        parts.forEach(part -> part.cancel(all));
    }

    @Override
    public void share(SharedCredit credit, Reply<Done> reply) {
        if (spec.shared() == null) {
            spec = spec.sharing(credit);
        }
        var all = new AllDone(parts.size(), reply);
        parts.forEach(part -> part.share(credit, all));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            stopListening();
            parts.forEach(LocalConsumer::close);
            session.closed(this);
        }
    }

    private void stopListening() {
        cancelled = true;
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException("it cannot fail", e);
        }
    }

    @Override
    public boolean isActive() {
        return parts.stream().anyMatch(LocalConsumer::isActive);
    }

    @Override
    public void resume() {
        parts.forEach(LocalConsumer::resume);
    }
}
