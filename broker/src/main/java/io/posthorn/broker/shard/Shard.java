package io.posthorn.broker.shard;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.queue.RecordReader;
import io.posthorn.broker.queue.ScatteredRead;
import io.posthorn.broker.queue.Surroundings;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import io.posthorn.log.compaction.CompactionRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A share of all queues, and the one writer of their logs and events. Commands come in by [#submit] or
/// [#offer], from any thread; everything else happens on the shard's executor, one pass at a time.
///
/// A pass takes what waits in the mailbox, appends and settles, shows what has become durable, dispatches, and
/// hands over answers and deliveries, once per session.
public final class Shard implements Surroundings {
    private static final Logger LOG = System.getLogger(Shard.class.getName());

    private static final int COMMANDS_PER_PASS = 512;
    private static final int DELIVERIES_PER_TURN = 1024;

    private final int machine;
    private final SessionSpec.IoExecutor executor;
    private final Executor blocking;
    private final Journal journal;
    private final MemoryBudget memory;
    private final InstantSource clock;
    private final Timers timers;
    private final long mostUnsynced;
    private final Mailbox mailbox;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final java.util.Queue<Runnable> refused = new ConcurrentLinkedQueue<>();
    private final java.util.function.Consumer<QueueEntry> unused;
    private final QueueTable queues;
    private final ParkedReceipts parked = new ParkedReceipts();
    private final ShardEventCodec events = new ShardEventCodec();

    /// Chunks begin, and times become known, while other events are being written.
    private final ShardEventCodec chunks = new ShardEventCodec();

    private final MessageDecoder decoder = new MessageDecoder();
    private final Counters counters = new Counters();
    private final ArrayDeque<Queue> active = new ArrayDeque<>();
    private final ArrayList<Queue> dispatched = new ArrayList<>();
    private final ArrayList<Consumer> unflushedConsumers = new ArrayList<>();
    private final ArrayList<Outlet> unflushedOutlets = new ArrayList<>();
    private final ArrayDeque<SnapshotSlices> snapshots = new ArrayDeque<>();
    private final ColdReads reads;
    private final Settling settlements;
    private final Publishing publishing;
    private final Appending appending;
    private final OffsetCommands offsets;
    private final Forwarder forwarder;
    private final BatchOpener opener;
    private final Compactor compactor;
    private final Outlet toShards;
    private final DelayTable delays;
    private final Commits commits;

    /// Read by the storage's threads, so that only shards that wait are woken up.
    private volatile boolean waitsForJournal;

    private volatile ShardStatistics statistics = ShardStatistics.NONE;
    private LogException.@Nullable Poisoned poison;
    private boolean stopped;
    private long now;

    /// @param unused hears of queues to be deleted: auto-delete ones whose last consumer has gone, expired ones
    /// @param forwarder takes what queues give away
    /// @param opener for what comes compressed
    /// @param compactor of all shards
    /// @param mailboxBytes how many bytes of publishes may wait to be appended
    /// @param mostUnsynced publishes wait when so many bytes of the journal are not durable yet
    public Shard(
            int machine,
            SessionSpec.IoExecutor executor,
            Executor blocking,
            LogStorage storage,
            MemoryBudget memory,
            InstantSource clock,
            Timer timer,
            java.util.function.Consumer<QueueEntry> unused,
            Forwarder forwarder,
            BatchOpener opener,
            Compactor compactor,
            long mailboxBytes,
            long mostUnsynced) {
        this.machine = machine;
        this.executor = executor;
        this.blocking = blocking;
        this.journal = storage.journal();
        this.memory = memory;
        this.clock = clock;
        this.now = clock.millis();
        this.timers = new Timers(timer, this::signal);
        this.unused = unused;
        this.forwarder = forwarder;
        this.opener = opener;
        this.compactor = compactor;
        this.toShards = Outlet.toAnyThread(this, executor);
        this.mostUnsynced = mostUnsynced;
        this.mailbox = new Mailbox(mailboxBytes);
        this.queues = new QueueTable(storage, this);
        this.reads = new ColdReads(this, queues, blocking, counters);
        this.settlements = new Settling(machine, journal, queues, events);
        this.delays = new DelayTable(machine, this, storage, forwarder);
        this.publishing = new Publishing(machine, storage, queues, delays, parked, events, counters, this::now);
        this.appending = new Appending(storage, queues, publishing, parked, counters);
        this.offsets = new OffsetCommands(journal, publishing, blocking, opener);
        this.commits = new Commits(machine, storage, queues, publishing, memory);
    }

    // ---- From any thread

    /// Offers something to be appended; what a refused one was, its session keeps.
    ///
    /// @return false when the shard cannot take more now: see [#whenDrained]
    public boolean offer(Command.Bounded command) {
        boolean taken = mailbox.offer(command);
        if (taken) {
            memory.hold(command.sizeInBytes());
            signal();
        }
        return taken;
    }

    /// Takes a batch of another queue's messages, however many wait: queues have few under way, and cannot wait.
    public void forward(Publication publication) {
        memory.hold(publication.batch().sizeInBytes());
        mailbox.force(new Command.Publish(publication));
        signal();
    }

    /// The way of receipts to queues of any shard.
    public Outlet outletToShards() {
        return toShards;
    }

    public void submit(Command command) {
        mailbox.put(command);
        signal();
    }

    /// Runs `retry` on the shard's thread once the mailbox has room again.
    public void whenDrained(Runnable retry) {
        refused.add(retry);
        signal();
    }

    boolean isRunByThisThread() {
        return executor.isCurrentThread();
    }

    /// There may be something to do.
    public void signal() {
        if (!signalled.get() && signalled.compareAndSet(false, true)) {
            executor.execute(this::pass);
        }
    }

    /// The journal's durable end has moved.
    public void durable() {
        if (waitsForJournal) {
            signal();
        }
    }

    public ShardStatistics statistics() {
        return statistics;
    }

    // ---- Before the first pass

    /// A queue that a restart has brought back.
    ///
    /// @param arguments those of the queue, and what policies make of them
    public void recovered(QueueEntry entry, Arguments arguments, QueueState state, boolean cleanly) {
        queues.recovered(entry, arguments, state, cleanly);
    }

    /// The delayed messages of this shard, as the journal knows them.
    ///
    /// @param exchanges at which messages wait here
    public void recovered(DelayRecovery recovery, List<DelayEntry> exchanges) {
        delays.recovered(recovery.lastNumber());
        exchanges.forEach(exchange -> delays.recovered(exchange, recovery.bucketsOf(exchange)));
    }

    // ---- One pass

    private void pass() {
        signalled.set(false);
        counters.passes++;
        now = clock.millis();
        boolean more = drain();
        releaseDurable();
        if (!stopped) {
            timers.run(now, queues);
            more |= dispatch();
            more |= delays.work();
            settlements.record(now);
            delays.recordSettlements();
            more |= writeSnapshot();
            timers.wakeShardAt(delays.wakeAt());
            timers.arm(now);
        }
        flush();
        wakeRefused();
        memory.reviewIfShort();
        statistics = statisticsNow();
        if (more) {
            signal();
        }
    }

    /// @return whether commands are left that can be done now
    private boolean drain() {
        for (int i = 0; i < COMMANDS_PER_PASS; i++) {
            if (journalIsBehind()) {
                return false;
            }
            Command command = mailbox.poll();
            if (command == null) {
                return false;
            }
            try {
                perform(command);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a shard could not perform a command", e);
            }
        }
        return !mailbox.isEmpty();
    }

    /// Whether to take no more until the disk has caught up. The journal tells when it has.
    private boolean journalIsBehind() {
        if (poison != null || journal.end() - journal.durableEnd() <= mostUnsynced) {
            return false;
        }
        waitsForJournal = true;
        journal.requestSync();
        return journal.end() - journal.durableEnd() > mostUnsynced;
    }

    private void perform(Command command) {
        switch (command) {
            case Command.Publish publish -> {
                arrived(publish);
                publishing.append(publish.publication(), stopped);
            }
            case Command.Append append -> {
                arrived(append);
                appending.append(append, stopped);
            }
            case Command.Commit commit -> commits.perform(commit, stopped);
            case Command.OfQueue ofQueue -> performOnQueue(ofQueue);
            case Command.Open(QueueEntry queue, Arguments arguments) -> queues.open(queue, arguments);
            case Command.Reconfigure(var changes) -> reconfigure(changes);
            case Command.Drop(QueueEntry queue) -> queues.drop(queue);
            case Command.Read read -> reads.arrived(read);
            case Command.OpenDelays(DelayEntry exchange) -> delays.open(exchange);
            case Command.DropDelays(DelayEntry exchange) -> delays.drop(exchange);
            case Command.ListDelayed list -> delays.list(list);
            case Command.CancelDelayed cancel -> delays.cancel(cancel, stopped);
            case Command.Continue(Runnable then) -> then.run();
            case Command.Statistics(String virtualHost, boolean each, var reply) ->
                reply.ok(queues.reading(virtualHost, each, counters));
            case Command.StatisticsOf(QueueEntry queue, var reply) -> queues.tell(queue, reply);
            case Command.WriteSnapshot(var writer) ->
                snapshots.add(new SnapshotSlices(machine, writer, queues.durableQueues(), delays));
            case Command.Poison(var cause) -> poison(cause);
            case Command.Stop(Runnable done) -> stop(done);
        }
    }

    private void arrived(Command.Bounded command) {
        memory.release(command.sizeInBytes());
        memory.appended(command.sizeInBytes());
    }

    /// Of a shard that stops everything is written already.
    private void reconfigure(List<Command.NewArguments> changes) {
        if (!stopped) {
            queues.reconfigure(changes);
        }
    }

    private void performOnQueue(Command.OfQueue command) {
        if (stopped) {
            command.refuse(stopping());
            return;
        }
        Queue queue = queues.get(command.queue());
        if (queue == null) {
            command.refuse(queues.whyMissing(command.queue()));
            return;
        }
        try {
            switch (command) {
                case Command.Settle settle -> settle(queue, settle);
                case Command.Release release -> {
                    if (release.holder() instanceof Consumer consumer) {
                        queue.cancel(consumer);
                    }
                    // Who goes and holds deliveries has not done them.
                    queue.release(release.holder(), Outcome.FAILED);
                }
                case Command.Resume resume -> queue.resume(resume.consumer());
                case Command.GrantCredit grant -> queue.creditGranted(grant.consumer());
                case Command.Share share -> {
                    share.consumer().share(share.credit());
                    share.reply().ok(Done.DONE);
                }
                case Command.Arrived arrived -> queue.arrived(arrived.consumer(), arrived.count());
                case Command.Forwarded answer ->
                    queue.forwarded((int) answer.firstSequence(), (int) answer.lastSequence());
                case Command.NotForwarded answer ->
                    queue.notForwarded((int) answer.firstSequence(), (int) answer.lastSequence(), answer.cause());
                case Command.Consume consume -> queue.consume(consume.consumer(), consume.reply());
                case Command.Cancel cancel -> queue.cancel(cancel.consumer(), cancel.reply());
                case Command.Get get -> queue.get(get.getter(), get.autoSettle(), get.reply());
                case Command.Claim claim -> queue.claim(claim.getter(), claim.offsets(), claim.reply());
                case Command.SetPaused pause -> queue.setPaused(pause.reason());
                case Command.OfPartition<?> asked -> offsets.perform(queue, asked);
                case Command.Purge purge -> queue.purge(purge.reply());
                case Command.Status status -> {
                    if (status.isUse()) {
                        queue.used();
                    }
                    queue.status(status.reply());
                }
                case Command.Browse browse -> reads.browse(queue, browse);
                case Command.CheckDelete check -> queue.checkDelete(check.ifUnused(), check.ifEmpty(), check.reply());
            }
        } catch (LogException.Poisoned | LogException.StorageFull e) {
            command.refuse(Failures.of(e));
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
            command.refuse(queues.whyMissing(command.queue()));
        }
    }

    static void settle(Queue queue, Command.Settle command) {
        OffsetRanges ranges = command.ranges();
        for (int i = 0; i < ranges.size(); i++) {
            queue.settle(command.holder(), ranges.from(i), ranges.to(i), command.outcome());
        }
    }

    private void releaseDurable() {
        if (parked.isEmpty()) {
            waitsForJournal = poison == null && journalIsBehind();
            return;
        }
        // Set before the durable end is read: whoever moves it afterwards sees that somebody waits.
        waitsForJournal = true;
        long durableEnd = journal.durableEnd();
        for (var each = parked.pollDurable(durableEnd); each != null; each = parked.pollDurable(durableEnd)) {
            each.durable();
        }
        waitsForJournal = !parked.isEmpty() || journalIsBehind();
    }

    private boolean dispatch() {
        dispatched.clear();
        // Who watches a queue and then asks how far it reaches hears of what he does not see: bounds were moved before
        // this, and watchers are looked for behind it.
        VarHandle.fullFence();
        int turns = active.size();
        for (int i = 0; i < turns; i++) {
            Queue queue = active.remove();
            queue.active = false;
            if (queues.has(queue)) {
                dispatched.add(queue);
                try {
                    if (queue.dispatch(DELIVERIES_PER_TURN)) {
                        activate(queue);
                    }
                } catch (RuntimeException e) {
                    queues.quarantine(queue, e);
                }
            }
        }
        for (int i = 0; i < dispatched.size(); i++) {
            dispatched.get(i).letGoOfTail();
        }
        return !active.isEmpty();
    }

    private void flush() {
        for (int i = 0; i < unflushedConsumers.size(); i++) {
            unflushedConsumers.get(i).flush();
        }
        unflushedConsumers.clear();
        for (int i = 0; i < unflushedOutlets.size(); i++) {
            unflushedOutlets.get(i).flush();
        }
        unflushedOutlets.clear();
    }

    private boolean writeSnapshot() {
        SnapshotSlices snapshot = snapshots.peek();
        if (snapshot == null) {
            return false;
        }
        try {
            if (snapshot.writeSlice(queues)) {
                snapshots.remove();
            }
        } catch (LogException e) {
            // A snapshot without its end is never used, and the journal before it is kept.
            LOG.log(Level.WARNING, "a snapshot could not be written", e);
            snapshots.remove();
        }
        return !snapshots.isEmpty();
    }

    private void wakeRefused() {
        if (!refused.isEmpty() && mailbox.hasRoom()) {
            for (Runnable retry = refused.poll(); retry != null; retry = refused.poll()) {
                retry.run();
            }
        }
    }

    private ShardStatistics statisticsNow() {
        return new ShardStatistics(
                counters.published,
                counters.publishedBatches,
                counters.delivered,
                counters.settled,
                counters.returned,
                counters.passes,
                counters.coldReads,
                counters.consumers,
                queues.size(),
                queues.quarantined(),
                mailbox.bytes(),
                counters.missed);
    }

    // ---- The end

    private static BrokerException stopping() {
        return new BrokerException.ShuttingDown("the broker is stopping");
    }

    private void poison(LogException.Poisoned cause) {
        if (poison == null) {
            poison = cause;
            BrokerException failure = Failures.of(cause);
            publishing.refuseParked(failure);
            queues.failWaiting(failure);
        }
    }

    /// What becomes durable afterwards is still confirmed, but nothing is delivered any more: what was is written.
    private void stop(Runnable done) {
        stopped = true;
        settlements.record(now);
        delays.recordSettlements();
        try {
            for (Queue queue : queues.durableQueues()) {
                queue.giveBackEverything();
                StateEvents.writeRedeliveries(queue, events);
                if (events.size() > 0) {
                    journal.append(machine, events.take(), false);
                }
                queue.trim();
            }
        } catch (LogException e) {
            LOG.log(Level.WARNING, "which messages were delivered could not be written", e);
        }
        queues.failWaiting(stopping());
        flush();
        done.run();
    }

    // ---- What queues need

    @Override
    public void activate(Queue queue) {
        if (!queue.active) {
            queue.active = true;
            active.add(queue);
        }
    }

    @Override
    public void settled(Queue queue) {
        settlements.of(queue);
    }

    @Override
    public void touch(Queue queue) {
        events.write(new ShardEvent.Touched(queue.log().id()));
        journal.append(machine, events.take(), true);
        publishing.park(new Touching(journal.end(), queue));
    }

    private record Touching(long position, Queue queue) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            queue.touchIsDurable();
        }
    }

    @Override
    public @Nullable BrokerException neverDurable() {
        return poison == null ? null : Failures.of(poison);
    }

    @Override
    public void flushLater(Consumer consumer) {
        unflushedConsumers.add(consumer);
    }

    void runBlocking(Runnable task) {
        blocking.execute(task);
    }

    void park(ParkedReceipts.Parked entry) {
        publishing.park(entry);
    }

    void flushLater(Outlet outlet) {
        unflushedOutlets.add(outlet);
    }

    @Override
    public void readCold(Queue queue, RecordReader reader, long offset, int maxBytes) {
        reads.forward(queue, reader, offset, maxBytes);
    }

    @Override
    public void readScattered(Queue queue, ScatteredRead read) {
        reads.scattered(queue, read);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void wakeAt(Queue queue, long millis) {
        timers.wakeAt(queue, millis);
    }

    @Override
    public void chunkBegun(Queue queue, long offset, long position, long previousEnd, long previousLatest) {
        try {
            chunks.write(new ShardEvent.ChunkBegun(queue.log().id(), offset, position, previousEnd, previousLatest));
            journal.append(machine, chunks.take(), false);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "after a restart a stream will know less of its past", e);
        }
    }

    @Override
    public void compact(Queue queue, long from, long to, CompactionRules rules) {
        compactor.compact(queue.log(), from, to, rules, end -> submit(new Command.Compacted(queue, end)));
    }

    @Override
    public void compactedTo(Queue queue, long offset) {
        try {
            chunks.write(new ShardEvent.CompactedTo(queue.log().id(), offset));
            journal.append(machine, chunks.take(), false);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "after a restart a log will be compacted from its start", e);
        }
    }

    @Override
    public void timesKnown(Queue queue) {
        if (!queue.durable()) {
            return;
        }
        try {
            StateEvents.writeTimes(queue, chunks);
            journal.append(machine, chunks.take(), false);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "after a restart messages will live longer than they were to", e);
        }
    }

    @Override
    public void unused(Queue queue) {
        QueueEntry entry = queues.entryOf(queue);
        if (entry != null) {
            unused.accept(entry);
        }
    }

    @Override
    public Forwards forwards(Queue queue) {
        var source = (QueueEntry) queue.handle();
        return forwarder.from(source.virtualHost(), null, source.log(), new ForwardReceipts(this, source));
    }

    @Override
    public BatchOpener opener() {
        return opener;
    }

    @Override
    public MessageDecoder decoder() {
        return decoder;
    }

    @Override
    public MemoryBudget memory() {
        return memory;
    }

    @Override
    public Counters counters() {
        return counters;
    }
}
