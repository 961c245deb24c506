package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.ShuttingDown;
import io.posthorn.broker.BrokerException.StorageFailed;
import io.posthorn.broker.BrokerException.StorageFull;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionSpec.IoExecutor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topology.RightsChange.PermissionsSet;
import io.posthorn.broker.topology.RightsChange.UserPut;
import io.posthorn.broker.topology.TopologyChange.CursorDeleted;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.QueuePaused;
import io.posthorn.broker.topology.TopologyChange.QueueResumed;
import io.posthorn.broker.topology.TopologyChange.Unbound;
import io.posthorn.broker.topology.TopologyChange.VirtualHostPut;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The one who replaces the topology.
///
/// Requests are checked against the newest topology, which runs ahead of the published one: what survives a
/// restart is appended to the journal, and published and answered once it is durable. All that was asked for
/// meanwhile goes with one sync. Answers keep the order of the requests, so a change that needs no journal waits
/// only for those before it.
///
/// Requests may come from any thread and are taken, and answered, on one executor.
public final class TopologyManager {
    private static final Logger LOG = System.getLogger(TopologyManager.class.getName());
    private static final String DEFAULT_VIRTUAL_HOST = "/";
    private static final int ENTITIES_PER_SNAPSHOT_SLICE = 1_000;

    private final Journal journal;
    private final IoExecutor executor;
    private final QueueLifecycle lifecycle;
    private final Declarations declarations;
    private final Decisions decisions;

    private volatile Topology published;
    private Topology newest;
    private final ArrayDeque<Waiting<?>> waiting = new ArrayDeque<>();

    /// Read by whoever moves the journal's durable end, so that the executor is only woken up when something waits.
    private volatile boolean waits;

    private final Map<SessionId, Set<QueueEntry>> exclusiveQueues = new HashMap<>();

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
        this.declarations = new Declarations(random);
        this.decisions = new Decisions(declarations);
    }

    /// Makes the default virtual host and the first user, where there has never been a user. Called once, when the
    /// journal takes appends and before anybody asks for anything.
    ///
    /// They are published without waiting: whatever is asked of them lies behind them in the same journal.
    ///
    /// @param firstUser who may do everything in the default virtual host
    public void start(Supplier<UserSpec> firstUser) {
        if (newest.rights().begun()) {
            return;
        }
        var user = firstUser.get();
        var after = new Cascade(newest);
        if (newest.virtualHosts().isEmpty()) {
            after.apply(new VirtualHostPut(VirtualHostSpec.named(DEFAULT_VIRTUAL_HOST)));
        }
        after.apply(new UserPut(user));
        after.apply(new PermissionsSet(user.name(), DEFAULT_VIRTUAL_HOST, PermissionPatterns.EVERYTHING));
        journal.append(TopologyRecovery.MACHINE, ChangeCodec.encode(after.journaled()), false);
        newest = after.topology();
        published = newest;
    }

    /// The topology to route with now. Any thread.
    public Topology current() {
        return published;
    }

    /// Creates the queue, or answers with the equivalent one that is there.
    public void declareQueue(
            String virtualHost, QueueSpec spec, SessionId session, DeclarePermit permit, Reply<QueueEntry> reply) {
        take(reply, () -> declareQueue(virtualHost, spec, session, permit));
    }

    /// Deletes the queue, unconditionally: whether it is unused or empty is its shard's to say. One that is gone
    /// already counts as deleted.
    public void deleteQueue(QueueEntry queue, Reply<Done> reply) {
        take(reply, () -> deleteQueue(queue));
    }

    /// Lets the queue keep what it gets and deliver nothing.
    public void pauseQueue(QueueEntry queue, String reason, Reply<Done> reply) {
        take(
                new Telling(() -> logsOf(queue).forEach(each -> lifecycle.paused(each, reason)), reply),
                () -> ofExisting(queue, new QueuePaused(queue.virtualHost(), queue.name(), reason)));
    }

    public void resumeQueue(QueueEntry queue, Reply<Done> reply) {
        take(
                new Telling(() -> logsOf(queue).forEach(lifecycle::resumed), reply),
                () -> ofExisting(queue, new QueueResumed(queue.virtualHost(), queue.name())));
    }

    /// The queue, or all partitions of a topic, and cursors. Called when they are published.
    private List<QueueEntry> logsOf(QueueEntry queue) {
        return published.isThere(queue)
                ? published.virtualHost(queue.virtualHost()).belongingTo(queue.name())
                : List.of();
    }

    // ---- Topics

    /// @param mayBeInternal whether the names that protocols keep for themselves may be given
    public void createTopic(String virtualHost, TopicSpec spec, boolean mayBeInternal, Reply<Topic> reply) {
        take(reply, () -> {
            var after = new Cascade(newest);
            return new Step<>(after, TopicRules.create(after, virtualHost, spec, mayBeInternal));
        });
    }

    /// @param partitions how many there are to be
    public void addPartitions(TopicEntry topic, int partitions, Reply<Topic> reply) {
        take(reply, () -> {
            var after = new Cascade(newest);
            return new Step<>(after, TopicRules.addPartitions(after, topic, partitions));
        });
    }

    public void configureTopic(TopicEntry topic, Map<String, String> config, Reply<Topic> reply) {
        take(reply, () -> {
            var after = new Cascade(newest);
            return new Step<>(after, TopicRules.configure(after, topic, config));
        });
    }

    /// Adds a cursor over a stream or topic, unless there is one of this name.
    ///
    /// @param queue what its name stands for
    /// @param starts where it begins in the first partitions; in others with the first record
    /// @param reply with a part for each partition
    public void declareCursor(QueueEntry queue, String cursor, List<Long> starts, Reply<List<QueueEntry>> reply) {
        take(reply, () -> {
            var after = new Cascade(newest);
            return new Step<>(after, TopicRules.declareCursor(after, queue, cursor, starts));
        });
    }

    /// Deletes a cursor, with all it knows. One that is gone already counts as deleted.
    public void deleteCursor(QueueEntry queue, String cursor, Reply<Done> reply) {
        take(
                reply,
                () -> exists(queue)
                        ? done(new CursorDeleted(queue.virtualHost(), queue.name(), cursor))
                        : nothing(Done.DONE));
    }

    // ---- Requests

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

    public void declareExchange(String virtualHost, ExchangeSpec spec, DeclarePermit permit, Reply<Done> reply) {
        take(reply, () -> declareExchange(virtualHost, spec, permit));
    }

    public void deleteExchange(String virtualHost, String exchange, boolean ifUnused, Reply<Done> reply) {
        take(reply, () -> deleteExchange(virtualHost, Names.withoutLineBreaks(exchange), ifUnused));
    }

    public void bind(String virtualHost, BindingSpec binding, SessionId session, Reply<Done> reply) {
        take(reply, () -> bind(virtualHost, binding, session));
    }

    public void unbind(String virtualHost, BindingSpec binding, SessionId session, Reply<Done> reply) {
        take(reply, () -> unbind(virtualHost, Declarations.withoutLineBreaks(binding), session));
    }

    /// Makes everything that an operator wants, or nothing of it.
    public void decide(List<AdminChange> changes, Reply<Done> reply) {
        take(reply, () -> decide(changes));
    }

    /// Gives a user a better credential for the same password, unless it was changed meanwhile.
    public void replaceCredential(UserSpec user, Credential better, Reply<Done> reply) {
        take(
                reply,
                () -> user.equals(newest.user(user.name()))
                        ? done(new UserPut(new UserSpec(user.name(), better, user.tags())))
                        : nothing(Done.DONE));
    }

    /// Deletes the exclusive queues of a session.
    public void endSession(SessionId session, Reply<Done> reply) {
        take(reply, () -> endSession(session));
    }

    /// Answers when everything that was asked for before has been answered.
    public void whenUpToHere(Reply<Done> reply) {
        take(reply, () -> nothing(Done.DONE));
    }

    /// The journal's durable end has moved. Any thread.
    public void durable() {
        if (waits) {
            executor.execute(this::finishDurable);
        }
    }

    /// Publishes and answers what is durable now.
    private void finishDurable() {
        long durableEnd = journal.durableEnd();
        while (!waiting.isEmpty() && waiting.element().position <= durableEnd) {
            finish(waiting.remove());
        }
        waits = !waiting.isEmpty();
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

    private Step<QueueEntry> declareQueue(String virtualHost, QueueSpec spec, SessionId session, DeclarePermit permit) {
        var after = new Cascade(newest);
        return new Step<>(after, declarations.declareQueue(after, virtualHost, spec, session, permit));
    }

    private Step<Done> deleteQueue(QueueEntry queue) {
        if (!exists(queue)) {
            return nothing(Done.DONE);
        }
        return done(new QueueDeleted(queue.virtualHost(), queue.name()));
    }

    private Step<Done> ofExisting(QueueEntry queue, TopologyChange change) {
        if (!exists(queue)) {
            throw new BrokerException.NotFound("no " + queue);
        }
        return done(change);
    }

    private Step<Done> declareExchange(String virtualHost, ExchangeSpec spec, DeclarePermit permit) {
        var after = new Cascade(newest);
        declarations.declareExchange(after, virtualHost, spec, permit);
        return new Step<>(after, Done.DONE);
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
        var after = new Cascade(newest);
        declarations.bind(after, virtualHost, binding, session);
        return new Step<>(after, Done.DONE);
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
        return new Step<>(after, Done.DONE);
    }

    private Step<Done> decide(List<AdminChange> changes) {
        var after = new Cascade(newest);
        for (AdminChange change : changes) {
            decisions.apply(after, change);
        }
        return new Step<>(after, Done.DONE);
    }

    private boolean exists(QueueEntry queue) {
        return newest.isThere(queue);
    }

    /// What one request comes to, before it is journaled.
    private record Step<T>(Cascade after, T answer) {}

    private <T> Step<T> nothing(T answer) {
        return new Step<>(new Cascade(newest), answer);
    }

    private Step<Done> done(TopologyChange change) {
        return new Step<>(new Cascade(newest).apply(change), Done.DONE);
    }

    /// A request on its way to its answer.
    ///
    /// @param position from which on it is durable, with all before it
    private record Waiting<T>(long position, Topology topology, Effects effects, Reply<T> reply, T answer) {}

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
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a change of the topology could not be made", e);
            reply.failed(new StorageFailed("what was asked for could not be done"));
            return;
        }
        finishDurable();
    }

    private <T> void accept(Step<T> step, Reply<T> reply) {
        long position = waiting.isEmpty() ? 0 : waiting.getLast().position;
        var journaled = step.after.journaled();
        if (!journaled.isEmpty()) {
            position = append(journaled);
        }
        newest = step.after.topology();
        var effects = step.after.effects();
        effects.queuesBegun().forEach(this::own);
        effects.queuesEnded().forEach(this::disown);
        waiting.add(new Waiting<>(position, newest, effects, reply, step.answer));
        // Set before the durable end is read: whoever moves it afterwards sees that somebody waits.
        waits = true;
    }

    private long append(List<TopologyChange> changes) {
        try {
            return journal.append(TopologyRecovery.MACHINE, ChangeCodec.encode(changes), true);
        } catch (LogException.StorageFull _) {
            throw new StorageFull("the storage is full: nothing can be declared or deleted that survives a restart");
        } catch (LogException.Poisoned _) {
            throw storageFailed();
        } catch (IllegalStateException _) {
            // Somebody whose session ends behind the broker's stop asks as well.
            throw new ShuttingDown("the broker is stopping");
        } catch (IllegalArgumentException tooLarge) {
            throw new LimitReached("this is too much to be done at once: " + tooLarge.getMessage());
        }
    }

    private static StorageFailed storageFailed() {
        return new StorageFailed("the storage has failed: what was asked for may be there after a restart, or not");
    }

    private <T> void finish(Waiting<T> durable) {
        durable.effects.tellBegun(lifecycle, durable.topology);
        published = durable.topology;
        durable.effects.tellEnded(lifecycle);
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
        } catch (RuntimeException e) {
            // Whatever it was: a snapshot that lacks a part must never count, and without its end it does not.
            LOG.log(Level.WARNING, "a snapshot could not be written; the journal before it is kept", e);
            snapshot.giveUp();
        }
    }
}
