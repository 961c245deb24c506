package io.posthorn.broker;

import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.security.Logins;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.security.Secrets;
import io.posthorn.broker.security.Seldom;
import io.posthorn.broker.security.Tags;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Compactor;
import io.posthorn.broker.shard.DelayRecovery;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.shard.ShardLimits;
import io.posthorn.broker.shard.ShardStatistics;
import io.posthorn.broker.shard.ShardThreads;
import io.posthorn.broker.shard.SharedServices;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.TopologyManager;
import io.posthorn.broker.topology.TopologyRecovery;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.Recovery;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A broker in this process: its shards, its topology and its sessions over one storage. Thread-safe.
public final class LocalBroker implements Broker {
    private static final Logger LOG = System.getLogger(LocalBroker.class.getName());

    /// A mark for memory below this part of all is meant as none.
    private static final int LEAST_MARK = 100;

    private final LogStorage storage;
    private final BrokerOptions options;
    private final BrokerThreads threads;
    private final InstantSource clock;
    private final AttributeReader attributes;
    private final AccessControl access = new AccessControl(this::topology);
    private final AuditLog audit;
    private final Seldom refusals;
    private final Secrets secrets;
    private final Passwords passwords;
    private final Logins logins;
    private final ReplyAddresses replies;
    private final MemoryBudget memory;
    private final List<Shard> shards;
    private final ExchangeTraffics traffics = new ExchangeTraffics(this::topology);
    private final LocalStatistics statistics;
    private final LivePolicies policies;
    private final Occupancy occupancy = new Occupancy(this::topology);
    private final TopologyManager manager;
    private final LocalAdministration administration;
    private final Sessions sessions = new Sessions(this);
    private final TopicListeners topicListeners = new TopicListeners();
    private final Alarms alarms = new Alarms(sessions::all);
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /// Whether the journal has failed: nothing will be durable any more.
    private volatile boolean poisoned;

    /// Opens the storage, and everything that was durable in it is there again.
    ///
    /// @param storage opens the storage, and gives what it reads to the recovery
    /// @param clock wall time, for what expires
    public static LocalBroker open(
            Function<Recovery, LogStorage> storage, BrokerOptions options, BrokerThreads threads, InstantSource clock) {
        return open(storage, options, threads, clock, AttributeReader.TEXT, BatchOpener.NONE, AuditLog.NONE);
    }

    /// @param attributes reads what protocols have stored, see [AttributeReader]
    /// @param opener opens what comes compressed
    /// @param audit where it is written down who did what
    public static LocalBroker open(
            Function<Recovery, LogStorage> storage,
            BrokerOptions options,
            BrokerThreads threads,
            InstantSource clock,
            AttributeReader attributes,
            BatchOpener opener,
            AuditLog audit) {
        var recovered = new Recovered();
        var broker = new LocalBroker(
                storage.apply(recovered), options, threads, clock, attributes, opener, audit, recovered);
        broker.start(recovered);
        return broker;
    }

    private LocalBroker(
            LogStorage storage,
            BrokerOptions options,
            BrokerThreads threads,
            InstantSource clock,
            AttributeReader attributes,
            BatchOpener opener,
            AuditLog audit,
            Recovered recovered) {
        this.storage = storage;
        this.options = options;
        this.threads = threads;
        this.clock = clock;
        this.attributes = attributes;
        this.secrets = new Secrets(options.seed());
        this.audit = audit;
        this.refusals = new Seldom(clock);
        this.passwords = new Passwords(secrets.random("salts"));
        this.logins = new Logins(
                new Accounts(), passwords, secrets.secret("logins"), clock, threads.timer(), threads.blocking(), audit);
        this.memory = new MemoryBudget(options.memory(), options.memoryHighWater());
        this.replies = new ReplyAddresses(secrets.secret("reply addresses"), memory);
        var services = new SharedServices(
                this::deleteUnused,
                (host, exchange, source, receipts) -> new LocalForwards(this, host, exchange, source, receipts),
                opener,
                new Compactor(storage, threads.blocking(), opener, options.compactionMemory()));
        var made = new ArrayList<Shard>();
        for (int i = 0; i < Topology.SHARDS; i++) {
            made.add(shard(i, services));
        }
        this.shards = List.copyOf(made);
        this.statistics = new LocalStatistics(this::topology, shards, sessions::all, logins.counts(), traffics);
        this.policies = new LivePolicies(this::topology, shards, threads.blocking());
        this.manager = new TopologyManager(
                recovered.topology.topology(),
                storage.journal(),
                threads.loops().getFirst(),
                new LiveQueues(shards, policies, statistics, topicListeners, sessions),
                secrets.random("names"));
        this.administration = new LocalAdministration(access, manager, audit, refusals);
    }

    private Shard shard(int index, SharedServices services) {
        return new Shard(
                Recovered.FIRST_SHARD + index,
                storage,
                new ShardThreads(
                        threads.loops().get(index % threads.loops().size()),
                        threads.blocking(),
                        threads.timer(),
                        clock),
                new ShardLimits(memory, options.mailboxBytes(), options.mostUnsynced()),
                services);
    }

    private void start(Recovered recovered) {
        boolean cleanly = storage.health().cleanlyClosed();
        Set<LogId> known = new HashSet<>();
        for (VirtualHost host : recovered.topology.topology().virtualHosts().values()) {
            for (QueueEntry queue : host.everyQueue()) {
                known.add(queue.log());
                var state = recovered.queues.take(queue.log());
                policies.recovered(queue, host.argumentsOf(queue), state, cleanly);
                String reason = host.pausedBecause(queue.name());
                if (reason != null) {
                    shards.get(queue.shard()).submit(new Command.SetPaused(queue, reason));
                }
            }
        }
        recoverDelays(recovered, known);
        storage.start(new StorageSignals(), new Machines());
        storage.sweep(known::contains);
        memory.watch(
                () -> storage.health().tailBytes(),
                threads.blocking(),
                threads.timer(),
                on -> alarms.set(Alarm.MEMORY, on));
        manager.start(Logins::first);
        // What has expired meanwhile, or was to be forwarded, waits for a pass.
        shards.forEach(Shard::signal);
    }

    private void recoverDelays(Recovered recovered, Set<LogId> known) {
        List<DelayEntry> all = recovered.topology.topology().delays();
        for (int i = 0; i < shards.size(); i++) {
            int shard = i;
            DelayRecovery delays = recovered.shards.get(i).delays();
            var exchanges = all.stream().filter(each -> each.shard() == shard).toList();
            exchanges.forEach(each -> delays.bucketsOf(each).forEach(bucket -> known.add(bucket.log())));
            shards.get(i).recovered(delays, exchanges);
        }
    }

    /// Called from the storage's threads: passes on, and returns.
    private final class StorageSignals implements StorageListener {
        @Override
        public void durable() {
            for (Shard shard : shards) {
                shard.durable();
            }
            unlessItHasEnded(manager::durable);
        }

        @Override
        public void failed(LogException.Poisoned cause) {
            poisoned = true;
            shards.forEach(shard -> shard.failed(cause));
            unlessItHasEnded(() -> threads.loops().getFirst().execute(manager::onPoisoned));
        }

        /// A sync that ends behind the broker's loops is a good one all the same.
        private static void unlessItHasEnded(Runnable call) {
            try {
                call.run();
            } catch (RejectedExecutionException stopped) {
                LOG.log(Level.DEBUG, "the storage has something to say behind the end of its broker", stopped);
            }
        }

        @Override
        public void spaceLow(boolean low) {
            alarms.set(Alarm.DISK, low);
        }
    }

    private final class Machines implements Snapshots {
        @Override
        public void begin(SnapshotWriter writer) {
            manager.snapshot(writer);
            shards.forEach(shard -> shard.submit(new Command.WriteSnapshot(writer)));
        }

        @Override
        public Set<Integer> machines() {
            return IntStream.rangeClosed(TopologyRecovery.MACHINE, Topology.SHARDS)
                    .boxed()
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    @Override
    public BrokerSession open(SessionSpec spec, SessionListener listener) {
        if (stopping.get()) {
            throw new BrokerException.ShuttingDown("the broker is stopping");
        }
        LocalSession session = sessions.begin(spec, listener);
        if (!alarms.on().isEmpty()) {
            alarms.tell(session);
        }
        return session;
    }

    @Override
    public Administration administration() {
        return administration;
    }

    @Override
    public void logIn(Login login, Consumer<Optional<Principal>> then) {
        logins.check(login, then);
    }

    @Override
    public Passwords passwords() {
        return passwords;
    }

    @Override
    public AccessControl access() {
        return access;
    }

    /// Users as they are now, for logins.
    private final class Accounts implements Logins.Directory {
        @Override
        public @Nullable UserSpec user(String name) {
            return topology().user(name);
        }

        @Override
        public void replace(UserSpec user, Credential better) {
            manager.replaceCredential(user, better, new Unheard<>());
        }
    }

    /// Whether there is somebody who can administer this broker, and whose password not everybody knows. May take
    /// long: for threads that may wait.
    public boolean hasAdministrator() {
        return topology().users().values().stream()
                .anyMatch(user -> user.credential() != null
                        && user.tags().contains(Tags.ADMINISTRATOR)
                        && !logins.isOpenToAll(user));
    }

    @Override
    public Set<Alarm> alarms() {
        return alarms.on();
    }

    /// Raises an alarm whatever is measured, or takes that back: how operators try out what their clients do then. Not
    /// kept over a restart.
    public void forceAlarm(Alarm alarm, boolean on) {
        alarms.force(alarm, on);
    }

    /// Stops publishers at another mark than the one of the settings. A mark of less than a hundredth
    /// of all, with which nobody could work, stops them at once. Not kept over a restart.
    ///
    /// @param bytes of messages and connections
    public void stopPublishersAt(long bytes) {
        memory.stopPublishersAt(bytes);
        alarms.force(Alarm.MEMORY, bytes < memory.limit() / LEAST_MARK);
    }

    /// What messages and connections may hold at most, publishers stopped or not.
    public long memoryLimit() {
        return memory.limit();
    }

    @Override
    public BrokerStatus status() {
        List<ShardStatistics> all = shardStatistics();
        return new BrokerStatus(
                sessions.count(),
                topology().queueCount(),
                (int) all.stream().mapToLong(ShardStatistics::consumers).sum(),
                all.stream().mapToLong(ShardStatistics::published).sum(),
                all.stream().mapToLong(ShardStatistics::delivered).sum(),
                all.stream().mapToLong(ShardStatistics::settled).sum(),
                memory.heldBytes(),
                storage.health());
    }

    @Override
    public boolean isInService() {
        return !poisoned && !stopping.get();
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    LocalStatistics counted() {
        return statistics;
    }

    Sessions sessions() {
        return sessions;
    }

    @Override
    public int endSessions(Predicate<SessionSpec> which, String reason) {
        return sessions.endConnections(which, reason);
    }

    /// What each shard has counted, for metrics.
    public List<ShardStatistics> shardStatistics() {
        return shards.stream().map(Shard::statistics).toList();
    }

    /// The one account of memory; connections hold in it what they have not written yet.
    public MemoryBudget memory() {
        return memory;
    }

    Topology topology() {
        return manager.current();
    }

    /// Wall time in milliseconds since the epoch.
    long now() {
        return clock.millis();
    }

    AttributeReader attributes() {
        return attributes;
    }

    TopologyManager manager() {
        return manager;
    }

    BrokerOptions options() {
        return options;
    }

    Secrets secrets() {
        return secrets;
    }

    ReplyAddresses replies() {
        return replies;
    }

    AuditLog audit() {
        return audit;
    }

    InstantSource clock() {
        return clock;
    }

    Seldom refusals() {
        return refusals;
    }

    TopicListeners topicListeners() {
        return topicListeners;
    }

    ExchangeTraffics traffics() {
        return traffics;
    }

    Occupancy occupancy() {
        return occupancy;
    }

    List<Shard> shards() {
        return shards;
    }

    private void deleteUnused(QueueEntry queue) {
        manager.deleteQueue(queue, new Unheard<>());
    }

    /// Begins to stop: takes no new sessions, lets every shard write what a clean stop has to, and closes the
    /// storage on a thread that may wait.
    ///
    /// @return completes when all is done
    public CompletableFuture<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            sessions.brokerStops();
            var missing = new AtomicInteger(shards.size());
            for (Shard shard : shards) {
                shard.stop(() -> {
                    if (missing.decrementAndGet() == 0) {
                        threads.blocking().execute(this::closeStorage);
                    }
                });
            }
        }
        return stopped;
    }

    private void closeStorage() {
        try {
            storage.close();
            stopped.complete(null);
        } catch (RuntimeException e) {
            stopped.completeExceptionally(e);
        }
    }

    /// Stops, and waits for it: not to be called on a loop.
    @Override
    public void close() {
        stop().join();
    }
}
