package io.posthorn.broker;

import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one session does with a topic by the words of queues: consumers compete for its messages by a cursor that all
/// of them share, made for the first who asks, and kept; or read each partition as a stream. Confined to the
/// session's io thread.
final class TopicAsQueue {
    /// The name of the cursor that has none for anybody.
    static final String WORK = "";

    private final LocalBroker broker;
    private final LocalSession session;

    /// Whose turn it is to be asked first.
    private int turn;

    TopicAsQueue(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
    }

    // ---- Messages go out

    void consume(ConsumerSpec wanted, QueueEntry head, DeliverySink sink, Reply<ConsumerHandle> reply) {
        boolean asStream = ConsumerSettings.isForStream(wanted.arguments());
        ConsumerSettings settings;
        try {
            settings = ConsumerSettings.of(wanted.arguments(), head.toString(), asStream ? "stream" : "classic");
        } catch (BrokerException impossible) {
            reply.failed(impossible);
            return;
        }
        if (asStream) {
            begin(wanted, head, () -> partitions(head), settings, sink, reply);
        } else {
            withCursor(head, reply, _ -> begin(wanted, head, () -> cursor(head), settings, sink, reply));
        }
    }

    private void begin(
            ConsumerSpec wanted,
            QueueEntry head,
            Supplier<List<QueueEntry>> parts,
            ConsumerSettings settings,
            DeliverySink sink,
            Reply<ConsumerHandle> reply) {
        if (parts.get().isEmpty()) {
            reply.failed(new BrokerException.NotFound("no " + head));
            return;
        }
        var consumer = new LocalTopicConsumer(
                session,
                head,
                wanted,
                parts,
                (part, spec, to, answer) -> session.takings().start(part, spec, settings, to, answer),
                sink);
        session.opened(consumer);
        consumer.begin(reply);
    }

    /// Asks one part after the other.
    void get(QueueEntry head, boolean autoSettle, LocalGetter owner, Reply<Optional<Delivery>> reply) {
        withCursor(head, reply, parts -> {
            turn++;
            new Get(parts, autoSettle, owner, reply).ask();
        });
    }

    private final class Get implements Reply<Optional<Delivery>> {
        private final List<QueueEntry> parts;
        private final boolean autoSettle;
        private final LocalGetter owner;
        private final Reply<Optional<Delivery>> reply;
        private int asked;

        Get(List<QueueEntry> parts, boolean autoSettle, LocalGetter owner, Reply<Optional<Delivery>> reply) {
            this.parts = parts;
            this.autoSettle = autoSettle;
            this.owner = owner;
            this.reply = reply;
        }

        void ask() {
            QueueEntry part = parts.get(Math.floorMod(turn + asked, parts.size()));
            asked++;
            session.takings().take(part, autoSettle, owner, this);
        }

        @Override
        public void ok(Optional<Delivery> taken) {
            if (taken.isEmpty() && asked < parts.size()) {
                ask();
            } else {
                reply.ok(taken);
            }
        }

        @Override
        public void failed(BrokerException cause) {
            reply.failed(cause);
        }
    }

    // ---- Of all parts together

    void purge(QueueEntry head, Reply<Long> reply) {
        withCursor(head, reply, parts -> ofEach(parts, Command.Purge::new, Long::sum, reply));
    }

    /// What waits is what the cursor has not settled; without one, all that is kept.
    void status(QueueEntry head, boolean isUse, Reply<QueueStatus> reply) {
        List<QueueEntry> partitions = partitions(head);
        List<QueueEntry> cursor = cursor(head);
        if (partitions.isEmpty()) {
            reply.failed(new BrokerException.NotFound("no " + head));
            return;
        }
        var of = new Gathered<QueueStatus, QueueStatus>(reply, statuses -> {
            QueueStatus readers = TopicStatus.together(statuses.subList(0, partitions.size()));
            return cursor.isEmpty()
                    ? readers
                    : TopicStatus.of(
                            readers, TopicStatus.together(statuses.subList(partitions.size(), statuses.size())));
        });
        var parts = new ArrayList<>(partitions);
        parts.addAll(cursor);
        of.ask(parts, (part, answer) -> new Command.Status(part, isUse, answer));
    }

    /// Whether the topic may be deleted, which all parts must allow; answers with the messages that go with it.
    void checkDelete(QueueEntry head, boolean ifUnused, boolean ifEmpty, Reply<Long> reply) {
        List<QueueEntry> partitions = partitions(head);
        List<QueueEntry> cursor = cursor(head);
        if (cursor.isEmpty()) {
            ofEach(
                    partitions,
                    (part, answer) -> new Command.CheckDelete(part, ifUnused, ifEmpty, answer),
                    Long::sum,
                    reply);
            return;
        }
        ofEach(
                partitions,
                (part, answer) -> new Command.CheckDelete(part, ifUnused, false, answer),
                Long::sum,
                new Then<>(
                        reply,
                        _ -> ofEach(
                                cursor,
                                (part, answer) -> new Command.CheckDelete(part, ifUnused, ifEmpty, answer),
                                Long::sum,
                                reply)));
    }

    private record Then<T>(Reply<T> failures, Consumer<T> then) implements Reply<T> {
        @Override
        public void ok(T value) {
            then.accept(value);
        }

        @Override
        public void failed(BrokerException cause) {
            failures.failed(cause);
        }
    }

    private interface Asking<T> {
        Command of(QueueEntry part, Reply<T> answer);
    }

    private <T> void ofEach(List<QueueEntry> parts, Asking<T> command, BinaryOperator<T> sum, Reply<T> reply) {
        if (parts.isEmpty()) {
            reply.failed(new BrokerException.NotFound("no such topic any more"));
            return;
        }
        new Gathered<T, T>(reply, all -> all.stream().reduce(sum).orElseThrow()).ask(parts, command);
    }

    /// One answer made of those of all parts, in their order; the first failure is the answer, too.
    private final class Gathered<T, R> {
        private final Reply<R> reply;
        private final Function<List<T>, R> result;
        private final List<@Nullable T> answers = new ArrayList<>();
        private int missing;
        private boolean failed;

        Gathered(Reply<R> reply, Function<List<T>, R> result) {
            this.reply = reply;
            this.result = result;
        }

        void ask(List<QueueEntry> parts, Asking<T> command) {
            missing = parts.size();
            parts.forEach(_ -> answers.add(null));
            for (int i = 0; i < parts.size(); i++) {
                QueueEntry part = parts.get(i);
                var answer = session.fromShard(part.shard(), new Answer(i));
                session.send(part, command.of(part, answer));
            }
        }

        private final class Answer implements Reply<T> {
            private final int place;

            Answer(int place) {
                this.place = place;
            }

            @Override
            public void ok(T value) {
                answers.set(place, value);
                missing--;
                if (missing == 0 && !failed) {
                    reply.ok(result.apply(
                            answers.stream().map(Objects::requireNonNull).toList()));
                }
            }

            @Override
            public void failed(BrokerException cause) {
                if (!failed) {
                    failed = true;
                    reply.failed(cause);
                }
            }
        }
    }

    // ---- What there is

    private List<QueueEntry> partitions(QueueEntry head) {
        return broker.topology().partitionsOf(head);
    }

    /// The parts of the cursor that all share; none as long as nobody has asked.
    private List<QueueEntry> cursor(QueueEntry head) {
        if (partitions(head).isEmpty()) {
            return List.of();
        }
        VirtualHost host = broker.topology().virtualHost(head.virtualHost());
        return host.cursorsOf(head.name()).getOrDefault(WORK, List.of());
    }

    private void withCursor(QueueEntry head, Reply<?> failures, Consumer<List<QueueEntry>> then) {
        List<QueueEntry> known = cursor(head);
        if (!known.isEmpty()) {
            then.accept(known);
            return;
        }
        broker.manager().declareCursor(head, WORK, List.of(), session.here(new Reply<>() {
            @Override
            public void ok(List<QueueEntry> parts) {
                then.accept(parts);
            }

            @Override
            public void failed(BrokerException cause) {
                failures.failed(cause);
            }
        }));
    }
}
