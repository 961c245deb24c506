package io.posthorn.broker;

import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.Holder;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
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
        if (partitions(head).isEmpty()) {
            reply.failed(new BrokerException.NotFound("no " + head));
            return;
        }
        boolean asStream = ConsumerSettings.isForStream(wanted.arguments());
        ConsumerSettings settings;
        try {
            settings = ConsumerSettings.of(wanted.arguments(), head.toString(), asStream ? "stream" : "classic");
        } catch (BrokerException impossible) {
            reply.failed(impossible);
            return;
        }
        if (asStream) {
            int only = settings.partition();
            if (only >= partitions(head).size()) {
                reply.failed(new BrokerException.PreconditionFailed(
                        "invalid arg '%s' for %s: no partition %d".formatted(ConsumerSettings.PARTITION, head, only)));
                return;
            }
            begin(wanted, head, () -> only < 0 ? partitions(head) : one(only, head), settings, sink, reply);
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
        if (session.isClosed()) {
            reply.failed(Holder.hasGone());
            return;
        }
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

    /// Each message by the cursor's part that is over its partition.
    void claim(QueueEntry head, List<Long> ids, LocalGetter owner, Reply<List<Long>> reply) {
        withCursor(head, reply, parts -> {
            var wanted = new ArrayList<QueueEntry>();
            var offsets = new ArrayList<List<Long>>();
            for (QueueEntry part : parts) {
                List<Long> here = ids.stream()
                        .filter(id -> BrowsedMessage.partitionOf(id) == part.index())
                        .map(BrowsedMessage::offsetOf)
                        .toList();
                if (!here.isEmpty()) {
                    wanted.add(part);
                    offsets.add(here);
                }
            }
            if (wanted.isEmpty()) {
                reply.ok(List.of());
                return;
            }
            if (owner.isClosed()) {
                reply.failed(Holder.hasGone());
                return;
            }
            var claims = new Gathered<List<Long>, List<Long>>(reply, claimed -> ids(wanted, claimed));
            claims.ask(wanted, (part, answer) -> {
                List<Long> here = offsets.get(wanted.indexOf(part));
                return new Command.Claim(part, owner.getterOf(part), here, answer);
            });
        });
    }

    private static List<Long> ids(List<QueueEntry> parts, List<List<Long>> claimed) {
        var ids = new ArrayList<Long>();
        for (int i = 0; i < parts.size(); i++) {
            QueueEntry part = parts.get(i);
            claimed.get(i).forEach(offset -> ids.add(BrowsedMessage.id(part, offset)));
        }
        return ids;
    }

    // ---- Of all parts together

    /// Looks at what the cursor has not settled; without one, at all that is kept.
    void browse(QueueEntry head, MessageState state, long from, int most, Reply<BrowsePage> reply) {
        List<QueueEntry> cursor = cursor(head);
        List<QueueEntry> parts = cursor.isEmpty() ? partitions(head) : cursor;
        if (parts.isEmpty()) {
            reply.failed(new BrokerException.NotFound("no " + head));
            return;
        }
        var pages = new Gathered<BrowsePage, BrowsePage>(reply, all -> merged(parts, all, most));
        int ofEach = most / parts.size() + 1;
        long bytes = Command.Browse.PAGE_BYTES / parts.size();
        pages.askPatiently(parts, (part, answer) -> {
            // What is before in an earlier round has been seen, and so have earlier partitions in the same one.
            boolean isBehind = part.index() < BrowsedMessage.partitionOf(from);
            long offset = BrowsedMessage.offsetOf(from) + (isBehind ? 1 : 0);
            return new Command.Browse(part, state, offset, ofEach, bytes, answer);
        });
    }

    /// A page of all parts ends where one of theirs does, as nobody knows what comes there.
    private static BrowsePage merged(List<QueueEntry> parts, List<BrowsePage> pages, int most) {
        long end = Long.MAX_VALUE;
        var all = new ArrayList<BrowsedMessage>();
        for (int i = 0; i < pages.size(); i++) {
            BrowsePage page = pages.get(i);
            if (page.next() != BrowsePage.END) {
                end = Math.min(end, BrowsedMessage.id(parts.get(i), page.next()));
            }
            all.addAll(page.messages());
        }
        all.sort(Comparator.comparingLong(BrowsedMessage::id));
        int count = 0;
        while (count < all.size() && count < most && all.get(count).id() < end) {
            count++;
        }
        long next = count < all.size() ? Math.min(all.get(count).id(), end) : end;
        return new BrowsePage(all.subList(0, count), next == Long.MAX_VALUE ? BrowsePage.END : next);
    }

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
            ask(parts, command, (part, answer) -> session.fromShard(part.shard(), answer));
        }

        /// For what is answered on a thread that may wait.
        void askPatiently(List<QueueEntry> parts, Asking<T> command) {
            ask(parts, command, (_, answer) -> session.here(answer));
        }

        private void ask(
                List<QueueEntry> parts, Asking<T> command, BiFunction<QueueEntry, Reply<T>, Reply<T>> wayBack) {
            missing = parts.size();
            parts.forEach(_ -> answers.add(null));
            for (int i = 0; i < parts.size(); i++) {
                QueueEntry part = parts.get(i);
                session.send(part, command.of(part, wayBack.apply(part, new Answer(i))));
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

    /// None when the topic has gone away.
    private List<QueueEntry> one(int partition, QueueEntry head) {
        List<QueueEntry> partitions = partitions(head);
        return partition < partitions.size() ? List.of(partitions.get(partition)) : List.of();
    }

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
