package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.StorageFailed;
import io.posthorn.broker.BrokerException.StorageFull;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionSpec.IoExecutor;
import io.posthorn.broker.topology.TopologyChange.Bound;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.QueuePaused;
import io.posthorn.broker.topology.TopologyChange.QueueResumed;
import io.posthorn.broker.topology.TopologyChange.Unbound;
import io.posthorn.broker.topology.TopologyChange.VirtualHostCreated;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The one who replaces the topology.
///
/// Requests are checked against the newest topology, which runs ahead of the published one: what survives a
/// restart is appended to the journal, and published and answered once it is durable. All that was asked for
/// meanwhile goes with one sync. Answers keep the order of the requests, so a change that needs no journal waits
/// only for those before it.
///
/// Requests may come from any thread and are taken, and answered, on one executor.
public final class TopologyManager {
    private static final String DEFAULT_VIRTUAL_HOST = "/";
    private static final int ENTITIES_PER_SNAPSHOT_SLICE = 1_000;

    private final Journal journal;
    private final IoExecutor executor;
    private final QueueLifecycle lifecycle;
    private final RandomGenerator random;

    private volatile Topology published;
    private Topology newest;
    private final ArrayDeque<Waiting<?>> waiting = new ArrayDeque<>();
    private final Map<SessionId, Set<QueueEntry>> exclusiveQueues = new HashMap<>();
    private long volatileLogs;

    public TopologyManager(
            Topology recovered,
            Journal journal,
            IoExecutor executor,
            QueueLifecycle lifecycle,
            RandomGenerator random) {
        this.published = recovered;
        this.newest = recovered;
        this.journal = journal;
        this.executor = executor;
        this.lifecycle = lifecycle;
        this.random = random;
    }

    /// Makes the default virtual host when there is none yet. Called once, when the journal takes appends and
    /// before anybody asks for anything.
    ///
    /// It is published without waiting: whatever is asked of it lies behind it in the same journal.
    public void start() {
        if (newest.virtualHosts().isEmpty()) {
            var change = new VirtualHostCreated(DEFAULT_VIRTUAL_HOST);
            journal.append(TopologyRecovery.MACHINE, ChangeCodec.encode(List.of(change)), false);
            newest = newest.apply(change);
            published = newest;
        }
    }

    /// The topology to route with now. Any thread.
    public Topology current() {
        return published;
    }

    /// Creates the queue, or answers with the equivalent one that is there.
    public void declareQueue(String virtualHost, QueueSpec spec, SessionId session, Reply<QueueEntry> reply) {
        take(reply, () -> declareQueue(virtualHost, spec, session));
    }

    /// Deletes the queue, unconditionally: whether it is unused or empty is its shard's to say. One that is gone
    /// already counts as deleted.
    public void deleteQueue(QueueEntry queue, Reply<Done> reply) {
        take(reply, () -> deleteQueue(queue));
    }

    /// Lets the queue keep what it gets and deliver nothing.
    public void pauseQueue(QueueEntry queue, String reason, Reply<Done> reply) {
        take(
                new Telling(() -> lifecycle.paused(queue, reason), reply),
                () -> ofExisting(queue, new QueuePaused(queue.virtualHost(), queue.name(), reason)));
    }

    public void resumeQueue(QueueEntry queue, Reply<Done> reply) {
        take(
                new Telling(() -> lifecycle.resumed(queue), reply),
                () -> ofExisting(queue, new QueueResumed(queue.virtualHost(), queue.name())));
    }

    /// Tells the lifecycle before the answer.
    private record Telling(Runnable lifecycle, Reply<Done> reply) implements Reply<Done> {
        @Override
        public void ok(Done done) {
            lifecycle.run();
            reply.ok(done);
        }

        @Override
        public void failed(BrokerException cause) {
            reply.failed(cause);
        }
    }

    public void declareExchange(String virtualHost, ExchangeSpec spec, Reply<Done> reply) {
        take(reply, () -> declareExchange(virtualHost, spec));
    }

    public void deleteExchange(String virtualHost, String exchange, boolean ifUnused, Reply<Done> reply) {
        take(reply, () -> deleteExchange(virtualHost, Names.withoutLineBreaks(exchange), ifUnused));
    }

    public void bind(String virtualHost, BindingSpec binding, SessionId session, Reply<Done> reply) {
        take(reply, () -> bind(virtualHost, withoutLineBreaks(binding), session));
    }

    public void unbind(String virtualHost, BindingSpec binding, SessionId session, Reply<Done> reply) {
        take(reply, () -> unbind(virtualHost, withoutLineBreaks(binding), session));
    }

    /// Deletes the exclusive queues of a session.
    public void endSession(SessionId session, Reply<Done> reply) {
        take(reply, () -> endSession(session));
    }

    /// Publishes and answers what is durable now. Called on the executor when the journal's durable end has moved.
    public void onDurable(long durableEnd) {
        while (!waiting.isEmpty() && waiting.element().position <= durableEnd) {
            finish(waiting.remove());
        }
    }

    /// The journal is poisoned: nothing that waits will ever be durable. Called on the executor.
    public void onPoisoned() {
        newest = published;
        var failed = new ArrayList<>(waiting);
        waiting.clear();
        for (Waiting<?> one : failed) {
            one.reply.failed(storageFailed());
        }
    }

    /// Writes a snapshot, a slice at a time, between the requests. Any thread.
    public void snapshot(SnapshotWriter writer) {
        snapshot(writer, ENTITIES_PER_SNAPSHOT_SLICE);
    }

    void snapshot(SnapshotWriter writer, int entitiesPerSlice) {
        var snapshot = new TopologySnapshot(writer, entitiesPerSlice);
        executor.execute(() -> writeSlice(snapshot));
    }

    private Step<QueueEntry> declareQueue(String virtualHost, QueueSpec spec, SessionId session) {
        var host = newest.virtualHost(virtualHost);
        String given = Names.withoutLineBreaks(spec.name());
        if (!given.isEmpty()) {
            Names.checkNew("queue", given);
        }
        String name = given.isEmpty() ? Names.generated(random) : given;
        var wanted = QueueRules.normalized(spec, name);
        var existing = host.queue(name);
        if (existing != null) {
            QueueRules.checkEquivalent(wanted, existing, session);
            return nothing(existing);
        }
        QueueRules.checkNew(virtualHost, wanted, !given.isEmpty());
        var log = wanted.durable() ? newest.nextLog() : LogIds.volatileLog(++volatileLogs);
        var owner = wanted.exclusive() ? session : null;
        var after = new Cascade(newest).apply(new QueueDeclared(virtualHost, wanted, log, owner));
        var queue = after.topology().queue(virtualHost, name, session);
        return new Step<>(after, queue, List.of(queue), List.of());
    }

    private Step<Done> deleteQueue(QueueEntry queue) {
        if (!exists(queue)) {
            return nothing(Done.DONE);
        }
        var after = new Cascade(newest).apply(new QueueDeleted(queue.virtualHost(), queue.name()));
        return new Step<>(after, Done.DONE, List.of(), List.of(queue));
    }

    private Step<Done> ofExisting(QueueEntry queue, TopologyChange change) {
        if (!exists(queue)) {
            throw new BrokerException.NotFound("no " + queue);
        }
        return done(change);
    }

    private Step<Done> declareExchange(String virtualHost, ExchangeSpec spec) {
        var wanted = new ExchangeSpec(
                Names.withoutLineBreaks(spec.name()),
                spec.type(),
                spec.durable(),
                spec.autoDelete(),
                spec.internal(),
                spec.arguments());
        ExchangeRules.checkType(wanted);
        ExchangeRules.checkNotDefault(wanted.name());
        var existing = newest.virtualHost(virtualHost).exchange(wanted.name());
        if (existing != null) {
            ExchangeRules.checkEquivalent(virtualHost, wanted, existing.spec());
            return nothing(Done.DONE);
        }
        ExchangeRules.checkNew(virtualHost, wanted);
        return done(new ExchangeDeclared(virtualHost, wanted, delaysOf(wanted)));
    }

    private @Nullable LogId delaysOf(ExchangeSpec spec) {
        if (ExchangeType.of(spec.type()) != ExchangeType.DELAYED_MESSAGE) {
            return null;
        }
        return spec.durable() ? newest.nextLog() : LogIds.volatileLog(++volatileLogs);
    }

    private Step<Done> deleteExchange(String virtualHost, String name, boolean ifUnused) {
        ExchangeRules.checkDeletable(virtualHost, name);
        var exchange = newest.virtualHost(virtualHost).exchange(name);
        if (exchange == null) {
            return nothing(Done.DONE);
        }
        if (ifUnused) {
            ExchangeRules.checkUnused(virtualHost, exchange);
        }
        return done(new ExchangeDeleted(virtualHost, name));
    }

    private Step<Done> bind(String virtualHost, BindingSpec binding, SessionId session) {
        BindingRules.checkNames(binding);
        BindingRules.checkNew(newest, virtualHost, binding, session);
        return done(new Bound(virtualHost, binding));
    }

    private Step<Done> unbind(String virtualHost, BindingSpec binding, SessionId session) {
        BindingRules.checkNames(binding);
        if (!newest.virtualHost(virtualHost).isBound(binding)) {
            return nothing(Done.DONE);
        }
        if (binding.destination() == Destination.QUEUE) {
            newest.queue(virtualHost, binding.destinationName(), session);
        }
        return done(new Unbound(virtualHost, binding));
    }

    private Step<Done> endSession(SessionId session) {
        var gone = exclusiveQueues.getOrDefault(session, Set.of()).stream()
                .filter(this::exists)
                .toList();
        var after = new Cascade(newest);
        for (QueueEntry queue : gone) {
            after.apply(new QueueDeleted(queue.virtualHost(), queue.name()));
        }
        return new Step<>(after, Done.DONE, List.of(), gone);
    }

    private boolean exists(QueueEntry queue) {
        return newest.virtualHost(queue.virtualHost()).queue(queue.name()) == queue;
    }

    private static BindingSpec withoutLineBreaks(BindingSpec spec) {
        return new BindingSpec(
                Names.withoutLineBreaks(spec.source()),
                spec.destination(),
                Names.withoutLineBreaks(spec.destinationName()),
                spec.routingKey(),
                spec.arguments());
    }

    /// What one request comes to, before it is journaled.
    private record Step<T>(Cascade after, T answer, List<QueueEntry> created, List<QueueEntry> removed) {}

    private <T> Step<T> nothing(T answer) {
        return new Step<>(new Cascade(newest), answer, List.of(), List.of());
    }

    private Step<Done> done(TopologyChange change) {
        return new Step<>(new Cascade(newest).apply(change), Done.DONE, List.of(), List.of());
    }

    /// A request on its way to its answer.
    ///
    /// @param position from which on it is durable, with all before it
    private record Waiting<T>(
            long position,
            Topology topology,
            List<QueueEntry> created,
            List<QueueEntry> removed,
            List<DelayEntry> delaysBegun,
            List<DelayEntry> delaysEnded,
            Reply<T> reply,
            T answer) {}

    private <T> void take(Reply<T> reply, Supplier<Step<T>> request) {
        if (!executor.isCurrentThread()) {
            executor.execute(() -> take(reply, request));
            return;
        }
        try {
            accept(request.get(), reply);
        } catch (BrokerException refused) {
            reply.failed(refused);
            return;
        }
        onDurable(journal.durableEnd());
    }

    private <T> void accept(Step<T> step, Reply<T> reply) {
        long position = waiting.isEmpty() ? 0 : waiting.getLast().position;
        var journaled = step.after.journaled();
        if (!journaled.isEmpty()) {
            position = append(journaled);
        }
        newest = step.after.topology();
        step.created.forEach(this::own);
        step.removed.forEach(this::disown);
        waiting.add(new Waiting<>(
                position,
                newest,
                step.created,
                step.removed,
                step.after.delaysBegun(),
                step.after.delaysEnded(),
                reply,
                step.answer));
    }

    private long append(List<TopologyChange> changes) {
        try {
            return journal.append(TopologyRecovery.MACHINE, ChangeCodec.encode(changes), true);
        } catch (LogException.StorageFull _) {
            throw new StorageFull("the storage is full: nothing can be declared or deleted that survives a restart");
        } catch (LogException.Poisoned _) {
            throw storageFailed();
        }
    }

    private static StorageFailed storageFailed() {
        return new StorageFailed("the storage has failed: what was asked for may be there after a restart, or not");
    }

    private <T> void finish(Waiting<T> durable) {
        durable.created.forEach(lifecycle::created);
        durable.delaysBegun.forEach(lifecycle::created);
        published = durable.topology;
        durable.removed.forEach(lifecycle::removed);
        durable.delaysEnded.forEach(lifecycle::removed);
        durable.reply.ok(durable.answer);
    }

    private void own(QueueEntry queue) {
        if (queue.owner() != null) {
            exclusiveQueues.computeIfAbsent(queue.owner(), _ -> new HashSet<>()).add(queue);
        }
    }

    private void disown(QueueEntry queue) {
        if (queue.owner() != null) {
            exclusiveQueues.computeIfPresent(queue.owner(), (_, queues) -> {
                queues.remove(queue);
                return queues.isEmpty() ? null : queues;
            });
        }
    }

    private void writeSlice(TopologySnapshot snapshot) {
        try {
            if (!snapshot.writeSlice(newest)) {
                executor.execute(() -> writeSlice(snapshot));
            }
        } catch (LogException _) {
            // A snapshot without its end is never used, and the journal before it is kept.
            return;
        }
    }
}
